import type { CallInfo, Codec, WireRequest } from '../../../codecs/codec.ts'
import { without } from '../../../codecs/gemini/request/fields.ts'
import { decodeError, decodeLateError } from '../../../codecs/openai-chat/errors/errors.ts'
import { parseEvent } from '../../../codecs/parse-event.ts'
import { plainReply } from '../../../codecs/prompts/plain-reply.ts'
import { promptText, refuseImages, wholePrompt } from '../../../codecs/prompts/prompt-text.ts'
import { UNSAID_IN_TEXT } from '../../../codecs/receipts/receipts.ts'
import { createError } from '../../../errors.ts'
import type { ChatChunk, ChatDelta, ChatRequest, ChatResponse, FinishReason } from '../../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../../types/json.ts'
import type { StreamTransform, WireEvent } from '../../../types/stream.ts'
import type { Provider } from '../../provider.ts'
import { agentKey } from './agent-key.ts'
import { AGENT_PARAMS } from './agent-params.ts'

const OWN = new Set(['model', 'messages', 'stream', 'stream_options', 'user', 'metadata'])

/** A flow with a chat at both ends. Source: https://docs.langflow.org/api-flows-run */
const run: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'langflow-run',
  framing: 'ndjson',
  upstream: {
    params: new Set(),
    unsaid: UNSAID_IN_TEXT,
    encodeRequest,
    decodeResponse,
    decodeStream,
    decodeError,
  },
}

/** A flow keeps its history by `session_id`, and takes `tweaks`, `output_component` …: all copied as they are. */
function encodeRequest(request: ChatRequest, info: CallInfo): WireRequest {
  const text = promptText(request.messages, info)
  refuseImages(text, info)
  return {
    query: { stream: String(info.stream) },
    body: {
      input_value: wholePrompt(text),
      input_type: 'chat',
      output_type: 'chat',
      ...without(request, OWN),
    },
  }
}

function decodeResponse(body: unknown, info: CallInfo): ChatResponse {
  const text = textOfRun(body)
  if (text === undefined)
    throw createError({
      kind: 'bad_gateway',
      message: 'The flow gave no message. Check that it ends in a Chat Output.',
      provider: info.deployment.provider,
      model: info.model,
    })
  const session = isJsonObject(body) ? body.session_id : undefined
  return plainReply(info, { text, ...(typeof session === 'string' && { specific: { session_id: session } }) })
}

/** The first message among the outputs of a flow's components. */
function textOfRun(body: unknown): string | undefined {
  const runs = isJsonObject(body) && isJsonArray(body.outputs) ? body.outputs.filter(isJsonObject) : []
  for (const { outputs } of runs)
    for (const output of isJsonArray(outputs) ? outputs.filter(isJsonObject) : []) {
      const text = textOfOutput(output)
      if (text !== undefined) return text
    }
  return undefined
}

function textOfOutput({ results, messages }: JsonObject): string | undefined {
  const message = isJsonObject(results) ? results.message : undefined
  if (typeof message === 'string') return message
  if (isJsonObject(message) && typeof message.text === 'string') return message.text
  const [first] = isJsonArray(messages) ? messages.filter(isJsonObject) : []
  return typeof first?.message === 'string' ? first.message : undefined
}

/** Lines `{ event, data }`: messages, tokens, then the whole run. */
function decodeStream(info: CallInfo): StreamTransform<WireEvent, ChatChunk> {
  let streamed = false
  let ended = false
  const chunk = (delta: ChatDelta, finish: FinishReason | null = null): ChatChunk => ({
    id: info.id,
    object: 'chat.completion.chunk',
    created: Math.floor(info.now / 1000),
    model: info.model,
    choices: [{ index: 0, delta, finish_reason: finish }],
  })
  return {
    push({ data: line }) {
      if (line.trim() === '') return []
      const { event, data } = parseEvent(line, info)
      const told = isJsonObject(data) ? data : {}
      if (event === 'error')
        throw decodeLateError({ message: textOf(told.error) || textOf(told.text) || line }, info)
      if (event === 'token') {
        streamed = true
        return [chunk({ content: textOf(told.chunk) })]
      }
      if (event !== 'end') return []
      ended = true
      // Flows whose model does not stream tell their text at the end only.
      const text = streamed ? undefined : textOfRun(told.result)
      return [...(text === undefined ? [] : [chunk({ content: text })]), chunk({}, 'stop')]
    },
    end() {
      if (ended) return []
      throw createError({
        kind: 'truncated',
        message: 'The provider closed the stream before it was complete.',
        provider: info.deployment.provider,
        model: info.model,
      })
    },
  }
}

/** Source: https://docs.langflow.org/api-flows-run */
export const langflow: Provider = {
  name: 'langflow',
  title: 'Langflow',
  docs: 'https://docs.langflow.org/api-flows-run',
  baseUrl: 'http://localhost:7860',
  baseUrlEnv: ['LANGFLOW_API_BASE', 'LANGFLOW_SERVER_URL'],
  credentials: agentKey(['LANGFLOW_API_KEY']),
  params: AGENT_PARAMS,
  endpoints: { chat: [{ codec: run, path: ({ model }) => `/api/v1/run/${encodeURIComponent(model)}` }] },
}
