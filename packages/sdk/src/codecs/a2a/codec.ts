import type { ChatRequest } from '../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { CallInfo, Codec, FollowUp, WireReply, WireRequest } from '../codec.ts'
import { without } from '../gemini/request/fields.ts'
import { decodeError } from '../openai-chat/errors/errors.ts'
import { promptText } from '../prompts/prompt-text.ts'
import { UNSAID_IN_TEXT } from '../receipts/receipts.ts'
import { encodeParts } from './parts.ts'
import { decodeResponse, isRunning, resultOf } from './response.ts'
import { decodeStream } from './stream.ts'

/** Milliseconds before a look at a task that goes on after its first answer; each wait is longer than the one before. */
const waitOf = (step: number) => Math.min(250 * (step + 1), 2_000)
/** Fields of the message, in the protocol's spelling and in LiteLLM's. */
const MESSAGE_FIELDS = {
  contextId: 'context_id',
  taskId: 'task_id',
  referenceTaskIds: 'reference_task_ids',
} as const
const OWN = new Set([
  ...['model', 'messages', 'stream', 'stream_options', 'user', 'metadata', 'configuration'],
  ...Object.entries(MESSAGE_FIELDS).flat(),
])

/** The conversation as one message to the agent; `context_id` and `task_id` go on with an earlier one. */
function encodeRequest(request: ChatRequest, info: CallInfo): WireRequest {
  const places = Object.entries(MESSAGE_FIELDS).flatMap(([name, ours]) => {
    const value = request[name] ?? request[ours]
    return value == null ? [] : [[name, value] as const]
  })
  const message = {
    kind: 'message',
    role: 'user',
    messageId: info.id,
    parts: encodeParts(promptText(request.messages, info)),
    ...Object.fromEntries(places),
  }
  const own: JsonObject = isJsonObject(request.configuration) ? request.configuration : {}
  return {
    headers: { accept: info.stream ? 'text/event-stream' : 'application/json' },
    body: {
      jsonrpc: '2.0',
      id: info.id,
      method: info.stream ? 'message/stream' : 'message/send',
      params: {
        message,
        configuration: { acceptedOutputModes: ['text/plain', 'application/json'], blocking: true, ...own },
        ...(isJsonObject(request.metadata) && { metadata: request.metadata }),
        ...without(request, OWN),
      },
    },
  }
}

/** Looks at a task again until it has ended: agents may answer before, whatever `blocking` says. */
function follow(
  { body }: WireReply,
  _request: ChatRequest,
  info: CallInfo,
  step: number,
  url: string,
): FollowUp | undefined {
  const result = resultOf(body, info)
  if (!isRunning(result)) return undefined
  const rpc = {
    jsonrpc: '2.0',
    id: `${info.id}-${step}`,
    method: 'tasks/get',
    params: { id: textOf(result.id) },
  }
  return { method: 'POST', url, body: rpc, headers: { accept: 'application/json' }, afterMs: waitOf(step) }
}

/** Some agents refuse with a JSON-RPC error and a status of its own. */
function decodeFailure(status: number, body: unknown) {
  return decodeError(status, isJsonArray(body) ? body[0] : body)
}

const upstream = {
  params: new Set(['metadata']),
  unsaid: UNSAID_IN_TEXT,
  encodeRequest,
  follow,
  decodeResponse,
  decodeError: decodeFailure,
} satisfies Codec<'chat'>['upstream']

/** Agents behind JSON-RPC that stream. Source: https://a2a-protocol.org/v0.3.0/specification/ */
export const a2aChat: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'a2a',
  framing: 'sse',
  upstream: { ...upstream, decodeStream },
}

/** Agents that answer only when they have done. */
export const a2aWholeChat: Codec<'chat'> = { ...a2aChat, upstream }
