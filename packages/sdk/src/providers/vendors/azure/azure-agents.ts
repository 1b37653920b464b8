import type { CallInfo, Codec, FollowUp, WireReply } from '../../../codecs/codec.ts'
import { without } from '../../../codecs/gemini/request/fields.ts'
import { decodeError } from '../../../codecs/openai-chat/errors/errors.ts'
import { UNSAID_IN_TEXT } from '../../../codecs/receipts/receipts.ts'
import { badRequest, createError } from '../../../errors.ts'
import type { ChatMessage, ChatRequest, ChatResponse } from '../../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../../types/json.ts'
import type { Binding } from '../../provider.ts'

const API_VERSION = 'v1'
const POLL_MS = 1_000
const RUNNING = new Set(['queued', 'in_progress', 'cancelling'])

export function isAgent(model: string): boolean {
  return model.startsWith('agents/')
}

const PARAMS: ReadonlySet<string> = new Set([
  'temperature',
  'top_p',
  'max_tokens',
  'max_completion_tokens',
  'metadata',
])
const OWN = new Set([...PARAMS, 'model', 'messages', 'stream', 'stream_options', 'n', 'user'])

/**
 * An agent of Foundry: a thread is made and run, the run is looked at until it is over, its messages are fetched.
 * Needs a token of Entra ID. Source: https://learn.microsoft.com/rest/api/aifoundry/aiagents
 */
const agents: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'azure-agents',
  framing: 'sse',
  upstream: {
    params: PARAMS,
    unsaid: [...UNSAID_IN_TEXT, 'refusal'],
    encodeRequest: (request, info) => ({ body: encodeRun(request, info) }),
    follow,
    decodeResponse,
    decodeError,
  },
}

export const agentsChat: Binding<'chat'> = {
  codec: agents,
  path: `/threads/runs?api-version=${API_VERSION}`,
  serves: isAgent,
  model: model => model.slice('agents/'.length),
}

function encodeRun(request: ChatRequest, info: CallInfo): JsonObject {
  if (info.deployment.apiBase === undefined)
    throw badRequest(
      'api_base: an agent needs the endpoint of its project on the deployment, for example ' +
        'https://my-resource.services.ai.azure.com/api/projects/my-project.',
      'api_base',
    )
  const instructions: string[] = []
  const messages: JsonObject[] = []
  for (const [index, message] of request.messages.entries()) {
    const text = textIn(message, `messages[${index}]`)
    if (message.role === 'system' || message.role === 'developer') instructions.push(text)
    else messages.push({ role: message.role === 'assistant' ? 'assistant' : 'user', content: text })
    if (message.role === 'tool' || message.tool_calls)
      info.warn({
        action: 'approximated',
        param: `messages[${index}]`,
        reason: 'agents call their own tools; sent as text',
      })
  }
  const { temperature, top_p, metadata } = request
  const limit = request.max_completion_tokens ?? request.max_tokens
  return {
    ...without(request, OWN),
    assistant_id: info.model,
    thread: { messages },
    ...(instructions.length > 0 && { additional_instructions: instructions.join('\n\n') }),
    ...(temperature != null && { temperature }),
    ...(top_p != null && { top_p }),
    ...(limit != null && { max_completion_tokens: limit }),
    ...(metadata != null && { metadata }),
  }
}

/** Throws `UnsupportedParamsError` for content that is no text. */
function textIn({ content }: ChatMessage, at: string): string {
  const parts: readonly unknown[] = Array.isArray(content) ? content : [{ type: 'text', text: content ?? '' }]
  return parts
    .map((part, index) => {
      if (isJsonObject(part) && part.type === 'text') return textOf(part.text)
      throw createError({
        kind: 'unsupported_params',
        message: `${at}.content[${index}]: agents take texts only.`,
        param: `${at}.content[${index}]`,
      })
    })
    .join('\n')
}

function follow({ body }: WireReply, _request: ChatRequest, info: CallInfo): FollowUp | undefined {
  if (!isJsonObject(body) || body.object !== 'thread.run') return undefined
  const { id, thread_id: thread, status } = body
  if (typeof id !== 'string' || typeof thread !== 'string' || typeof status !== 'string')
    throw createError({ kind: 'bad_gateway', message: 'The agent’s run has no id, thread or status.' })
  const base = `${info.deployment.apiBase?.replace(/\/$/, '') ?? ''}/threads/${encodeURIComponent(thread)}`
  const run = encodeURIComponent(id)
  if (RUNNING.has(status))
    return { method: 'GET', url: `${base}/runs/${run}?api-version=${API_VERSION}`, afterMs: POLL_MS }
  if (status !== 'completed') throw stopped(status, body.last_error)
  const url = `${base}/messages?api-version=${API_VERSION}&run_id=${run}&order=asc`
  return { method: 'GET', url, afterMs: 0 }
}

function stopped(status: string, error: unknown) {
  const said = isJsonObject(error) ? textOf(error.message) : ''
  const code = isJsonObject(error) && typeof error.code === 'string' ? error.code : undefined
  return createError({
    kind: code === 'rate_limit_exceeded' ? 'rate_limit' : status === 'expired' ? 'timeout' : 'bad_gateway',
    message: `The agent’s run ended as ${status}${said ? `: ${said}` : '.'}`,
    ...(code !== undefined && { code }),
    providerSpecificFields: { status, ...(isJsonObject(error) && { error }) },
  })
}

function decodeResponse(body: unknown, info: CallInfo): ChatResponse {
  const messages = isJsonObject(body) && isJsonArray(body.data) ? body.data : undefined
  if (messages === undefined)
    throw createError({ kind: 'bad_gateway', message: 'The agent’s thread has no list of messages.' })
  const answers = messages.filter(isJsonObject).filter(({ role }) => role === 'assistant')
  const texts = answers.flatMap(({ content }) => (isJsonArray(content) ? content : []).filter(isJsonObject))
  const said = texts.map(({ text }) => (isJsonObject(text) ? text : {}))
  const annotations = said.flatMap(({ annotations: list }) =>
    isJsonArray(list) ? list.filter(isJsonObject) : [],
  )
  const thread = answers[0]?.thread_id
  return {
    id: info.id,
    object: 'chat.completion',
    created: Math.floor(info.now / 1000),
    model: info.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: said.map(({ value }) => textOf(value)).join('\n\n') || null,
          ...((annotations.length > 0 || typeof thread === 'string') && {
            provider_specific_fields: {
              ...(typeof thread === 'string' && { thread_id: thread }),
              ...(annotations.length > 0 && { annotations }),
            },
          }),
        },
        finish_reason: 'stop',
      },
    ],
  }
}
