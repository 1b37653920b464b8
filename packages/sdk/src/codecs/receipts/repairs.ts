import { badRequest } from '../../errors.ts'
import type { ChatMessage, ChatRequest } from '../../types/chat.ts'
import { isJsonArray, isJsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'

/** LiteLLM's words where a conversation must begin with the user and does not. */
export const CONTINUE = 'Please continue.'

/**
 * What is put first where a conversation must begin with a user message: the caller's `user_continue_message`, else
 * under `modify_params` words of ours. `undefined` when nothing may be put there.
 */
export function firstWords(request: ChatRequest, { modifyParams, warn }: CallInfo): string | undefined {
  const given: unknown = isJsonObject(request.user_continue_message)
    ? request.user_continue_message.content
    : request.user_continue_message
  if (given != null && (typeof given !== 'string' || given === ''))
    throw badRequest(
      'user_continue_message: must be a text, or a message like {"role":"user","content":"…"}.',
      'user_continue_message',
    )
  const text = typeof given === 'string' ? given : modifyParams ? CONTINUE : undefined
  if (text !== undefined)
    warn({
      action: 'approximated',
      param: 'messages',
      reason: `a conversation must start with a user message; ${JSON.stringify(text)} was put first`,
    })
  return text
}

const EMPTY = '[This message was empty.]'

/**
 * Under `modify_params`: the message with words of ours where it says nothing, for providers that refuse empty messages.
 * The same message when it says something.
 */
export function notEmpty<M extends ChatMessage>(message: M, at: string, { modifyParams, warn }: CallInfo): M {
  if (!modifyParams || (message.role !== 'user' && message.role !== 'assistant') || saysSomething(message))
    return message
  warn({
    action: 'approximated',
    param: `${at}.content`,
    reason: `this provider refuses empty messages; ${JSON.stringify(EMPTY)} was put in its place`,
  })
  return { ...message, content: EMPTY }
}

function saysSomething({ content, refusal, tool_calls, thinking_blocks: thinking }: ChatMessage): boolean {
  if ([tool_calls, thinking].some(list => isJsonArray(list) && list.length > 0)) return true
  if (typeof refusal === 'string' && refusal.trim() !== '') return true
  if (!isJsonArray(content)) return typeof content === 'string' && content.trim() !== ''
  return content.some(
    part =>
      !isJsonObject(part) || part.type !== 'text' || typeof part.text !== 'string' || part.text.trim() !== '',
  )
}
