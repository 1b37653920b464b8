import { badRequest } from '../errors.ts'
import type { ChatMessage, ChatRequest, ToolCall, ToolMessage } from '../types/chat.ts'
import { isJsonArray, isJsonObject, textOf } from '../types/json.ts'
import type { Warning } from '../types/warning.ts'
import type { RepairInfo } from './endpoint.ts'

/**
 * A conversation as strict providers take it: roles that take turns where the caller asks for that
 * (`ensure_alternating_roles`, `user_continue_message`, `assistant_continue_message`), and under `modify_params` every
 * tool call answered, every result called for, and no limit above the model's own. The same request when nothing is amiss.
 */
export function repairChat(request: ChatRequest, info: RepairInfo): ChatRequest {
  const alternating = alternate(request, info)
  if (!info.modifyParams) return alternating
  const messages = answerCalls(alternating.messages, info.warn)
  const answered = messages === alternating.messages ? alternating : { ...alternating, messages }
  return clampLimit(answered, info)
}

const CONTINUE = 'Please continue.'
const ALTERNATION = [
  'ensure_alternating_roles',
  'user_continue_message',
  'assistant_continue_message',
] as const

function alternate(request: ChatRequest, { knows, warn }: RepairInfo): ChatRequest {
  const {
    ensure_alternating_roles: ensure,
    user_continue_message: user,
    assistant_continue_message,
  } = request
  if (ALTERNATION.every(key => request[key] === undefined)) return request
  const out: ChatRequest = { ...request }
  for (const key of ALTERNATION) if (!knows.has(key)) delete out[key]
  const asUser = ensure === true || user != null ? messageOf(user, 'user') : undefined
  const asAssistant =
    ensure === true || assistant_continue_message != null
      ? messageOf(assistant_continue_message, 'assistant')
      : undefined
  const messages: ChatMessage[] = []
  for (const message of request.messages) {
    const before = messages.at(-1)?.role
    if (message.role === 'assistant' && asUser && (before === 'assistant' || (ensure && isFirst(messages))))
      messages.push(asUser)
    if (message.role === 'user' && before === 'user' && asAssistant) messages.push(asAssistant)
    messages.push(message)
  }
  if (ensure === true && asUser && messages.at(-1)?.role === 'assistant') messages.push(asUser)
  if (messages.length === request.messages.length) return out
  const added = messages.length - request.messages.length
  warn({
    action: 'approximated',
    param: 'messages',
    reason: `roles must take turns as asked; ${added} continue message${added > 1 ? 's were' : ' was'} put between`,
  })
  return { ...out, messages }
}

function isFirst(messages: readonly ChatMessage[]): boolean {
  return messages.every(({ role }) => role === 'system' || role === 'developer')
}

/** A caller's continue message: a message, or its text. */
function messageOf(given: unknown, role: 'user' | 'assistant'): ChatMessage {
  if (given == null) return { role, content: CONTINUE }
  const content = isJsonObject(given) ? given.content : given
  if (typeof content === 'string' && content !== '') return { role, content }
  const param = `${role}_continue_message`
  throw badRequest(`${param}: must be a text, or a message like {"role":"${role}","content":"…"}.`, param)
}

/** Every call with its result right after it, and no result without its call: all providers refuse other histories. */
function answerCalls(messages: ChatMessage[], warn: (warning: Warning) => void): ChatMessage[] {
  const out: ChatMessage[] = []
  let open = new Map<string, string>()
  let changed = false
  const close = () => {
    for (const [id, name] of open) {
      changed = true
      warn({
        action: 'approximated',
        param: 'messages',
        reason: `the call "${id}" had no result; one was put in`,
      })
      out.push({ role: 'tool', tool_call_id: id, content: unanswered(name) })
    }
    open = new Map()
  }
  for (const [index, message] of messages.entries()) {
    if (message.role === 'tool') {
      const { tool_call_id: id } = message as ToolMessage
      if (open.delete(id)) out.push(message)
      else {
        changed = true
        warn({
          action: 'dropped',
          param: `messages[${index}]`,
          reason: `no call "${id}" comes before this result`,
        })
      }
      continue
    }
    close()
    out.push(message)
    if (message.role === 'assistant')
      for (const call of callsOf(message)) open.set(String(call.id), textOf(call.function?.name))
  }
  close()
  return changed ? out : messages
}

function callsOf({ tool_calls: calls }: ChatMessage): ToolCall[] {
  return isJsonArray(calls) ? (calls.filter(isJsonObject) as ToolCall[]) : []
}

function unanswered(name: string): string {
  return `[The tool "${name}" was interrupted and gave no result.]`
}

function clampLimit(request: ChatRequest, { maxOutputTokens, warn }: RepairInfo): ChatRequest {
  let out = request
  for (const param of ['max_tokens', 'max_completion_tokens'] as const) {
    const asked = request[param]
    if (maxOutputTokens === undefined || typeof asked !== 'number' || asked <= maxOutputTokens) continue
    out = { ...out, [param]: maxOutputTokens }
    warn({ action: 'clamped', param, reason: `this model gives at most ${maxOutputTokens} tokens` })
  }
  return out
}
