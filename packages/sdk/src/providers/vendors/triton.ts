import type { CallInfo, Codec, WireRequest } from '../../codecs/codec.ts'
import { without } from '../../codecs/gemini/request/fields.ts'
import { decodeError } from '../../codecs/openai-chat/errors/errors.ts'
import { parseEvent } from '../../codecs/parse-event.ts'
import { plainReply } from '../../codecs/prompts/plain-reply.ts'
import { promptText, refuseImages, wholePrompt } from '../../codecs/prompts/prompt-text.ts'
import { UNSAID_IN_TEXT } from '../../codecs/receipts/receipts.ts'
import { bearer } from '../../credentials/bearer.ts'
import { badRequest, createError } from '../../errors.ts'
import type { ChatChunk, ChatDelta, ChatRequest, ChatResponse, FinishReason } from '../../types/chat.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { EmbeddingRequest, EmbeddingResponse } from '../../types/embedding.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { StreamTransform, WireEvent } from '../../types/stream.ts'
import type { Binding, Provider } from '../provider.ts'

const PARAMS = new Set([
  'max_completion_tokens',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop',
  'seed',
])
const OWN = new Set([...PARAMS, 'model', 'messages', 'stream', 'stream_options', 'user', 'metadata'])
/** LiteLLM's; without one the server stops after 16 tokens. */
const DEFAULT_LIMIT = 2000

function encodeChat(request: ChatRequest, info: CallInfo): { prompt: string; parameters: JsonObject } {
  const text = promptText(request.messages, info)
  refuseImages(text, info)
  const parameters: JsonObject = {
    max_tokens: request.max_completion_tokens ?? request.max_tokens ?? DEFAULT_LIMIT,
  }
  for (const key of ['temperature', 'top_p', 'top_k', 'seed'] as const)
    if (request[key] != null) parameters[key] = request[key]
  if (request.stop != null)
    parameters.stop_words = typeof request.stop === 'string' ? [request.stop] : request.stop
  return { prompt: wholePrompt(text), parameters: { ...parameters, ...without(request, OWN) } }
}

/** Source: https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/protocol/extension_generate.html */
const tritonGenerate: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'triton-generate',
  framing: 'sse',
  upstream: {
    params: PARAMS,
    unsaid: UNSAID_IN_TEXT,
    encodeRequest(request, info): WireRequest {
      const { prompt, parameters } = encodeChat(request, info)
      return { body: { text_input: prompt, parameters, stream: info.stream } }
    },
    decodeResponse(body, info): ChatResponse {
      if (!isJsonObject(body) || typeof body.text_output !== 'string') throw broken('"text_output"', info)
      return plainReply(info, { text: body.text_output })
    },
    decodeStream,
    decodeError,
  },
}

/** Pieces of text; the end of the stream is its only end mark, so one that never began is broken. */
function decodeStream(info: CallInfo): StreamTransform<WireEvent, ChatChunk> {
  let begun = false
  const chunk = (delta: ChatDelta, finish_reason: FinishReason | null): ChatChunk => ({
    id: info.id,
    object: 'chat.completion.chunk',
    created: Math.floor(info.now / 1000),
    model: info.model,
    choices: [{ index: 0, delta, finish_reason }],
  })
  return {
    push({ data }) {
      const event = parseEvent(data, info)
      if (event.error != null)
        throw createError({
          kind: 'bad_gateway',
          message: textOf(event.error) || 'The provider reported an error in the stream.',
          provider: info.deployment.provider,
          model: info.model,
        })
      const role = begun ? {} : { role: 'assistant' as const }
      begun = true
      return [chunk({ ...role, content: textOf(event.text_output) }, null)]
    },
    end() {
      if (begun) return [chunk({}, 'stop')]
      throw createError({
        kind: 'truncated',
        message: 'The provider closed the stream before it was complete.',
        provider: info.deployment.provider,
        model: info.model,
      })
    },
  }
}

const TYPES = { string: 'BYTES', integer: 'INT32', number: 'FP32', boolean: 'BOOL' } as const

/** Source: https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/protocol/README.html */
const tritonInfer: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'triton-infer',
  framing: 'sse',
  upstream: {
    params: PARAMS,
    unsaid: UNSAID_IN_TEXT,
    encodeRequest(request, info): WireRequest {
      if (info.stream)
        throw badRequest(
          'stream: …/infer does not stream. Use …/generate as api_base, or no stream.',
          'stream',
        )
      const { prompt, parameters } = encodeChat(request, info)
      const inputs = Object.entries(parameters).map(([name, value]) => tensor(name, value))
      return { body: { inputs: [tensor('text_input', prompt), ...inputs] } }
    },
    decodeResponse(body, info): ChatResponse {
      const [output] = outputsOf(body)
      if (output === undefined || !isJsonArray(output.data)) throw broken('"outputs"', info)
      return plainReply(info, { text: output.data.map(textOf).join('') })
    },
    decodeError,
  },
}

function tensor(name: string, value: unknown): JsonObject {
  const data = isJsonArray(value) ? value : [value]
  const [first] = data
  const kind = Number.isInteger(first) ? 'integer' : typeof first
  const datatype = kind in TYPES ? TYPES[kind as keyof typeof TYPES] : undefined
  if (datatype === undefined)
    throw badRequest(`${name}: must be a text, a number, true or false, or a list of them.`, name)
  return { name, shape: [data.length], datatype, data }
}

const tritonEmbeddings: Codec<'embedding'> = {
  endpoint: 'embedding',
  format: 'triton-embeddings',
  framing: 'sse',
  upstream: {
    params: new Set(['encoding_format']),
    takesNoOthers: true,
    encodeRequest(request: EmbeddingRequest): WireRequest {
      const data: unknown[] = Array.isArray(request.input) ? request.input : [request.input]
      const wrong = data.findIndex(text => typeof text !== 'string')
      if (wrong !== -1)
        throw badRequest(`input[${wrong}]: Triton embeds text, not tokens. Send the text itself.`, 'input')
      return { body: { inputs: [{ name: 'input_text', shape: [data.length], datatype: 'BYTES', data }] } }
    },
    decodeResponse(body, info): EmbeddingResponse {
      const vectors = outputsOf(body).flatMap(output => rowsOf(output))
      if (vectors.length === 0) throw broken('"outputs"', info)
      return {
        object: 'list',
        model: info.model,
        data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })),
      }
    },
    decodeError,
  },
}

/** A tensor of texts × dimensions, written as one list. */
function rowsOf({ shape, data }: JsonObject): number[][] {
  if (!isJsonArray(shape) || !isJsonArray(data)) return []
  const width = shape.at(-1)
  if (typeof width !== 'number' || width < 1) return []
  const rows: number[][] = []
  for (let at = 0; at < data.length; at += width) rows.push(data.slice(at, at + width) as number[])
  return rows
}

function outputsOf(body: unknown): JsonObject[] {
  return isJsonObject(body) && isJsonArray(body.outputs) ? body.outputs.filter(isJsonObject) : []
}

function broken(what: string, info: CallInfo) {
  return createError({
    kind: 'bad_gateway',
    message: `The provider answered without ${what}.`,
    provider: info.deployment.provider,
    model: info.model,
  })
}

/** LiteLLM users give the whole address, operation included; a bare server is given the model's own path. */
function pathOf(operation: string): Exclude<Binding['path'], string> {
  return ({ model, stream, deployment }) => {
    const streamed = stream ? '_stream' : ''
    return OPERATION.test(baseOf(deployment))
      ? streamed
      : `/v2/models/${encodeURIComponent(model)}/${operation}${streamed}`
  }
}

const OPERATION = /\/(generate|infer|embeddings)\/?$/
const baseOf = ({ apiBase = '' }: Deployment) => apiBase

/** Source: https://docs.nvidia.com/deeplearning/triton-inference-server/ */
export const triton: Provider = {
  name: 'triton',
  title: 'NVIDIA Triton',
  docs: 'https://docs.nvidia.com/deeplearning/triton-inference-server/',
  baseUrl() {
    throw badRequest(
      'api_base: Triton needs the address of your server, for example http://localhost:8000/v2/models/my-model/generate.',
      'api_base',
    )
  },
  baseUrlEnv: ['TRITON_API_BASE'],
  credentials: bearer(['TRITON_API_KEY'], { required: false }),
  endpoints: {
    chat: [{ codec: byAddress(tritonGenerate, tritonInfer), path: pathOf('generate') }],
    embedding: [{ codec: tritonEmbeddings, path: pathOf('infer') }],
  },
}

/** The address decides the protocol: `…/infer` takes tensors, and cannot stream. */
function byAddress(generate: Codec<'chat'>, infer: Codec<'chat'>): Codec<'chat'> {
  const chosen = (info: CallInfo) => (/\/infer\/?$/.test(baseOf(info.deployment)) ? infer : generate).upstream
  return {
    ...generate,
    upstream: {
      ...generate.upstream,
      encodeRequest: (request, info) => chosen(info).encodeRequest(request, info),
      decodeResponse: (body, info) => chosen(info).decodeResponse(body, info),
    },
  }
}
