import { createError } from '../../errors.ts'
import type { ChatChunk, ChatRequest, ChatResponse, FinishReason } from '../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { StreamTransform, WireEvent } from '../../types/stream.ts'
import type { Usage } from '../../types/usage.ts'
import { extrasOf } from '../anthropic-messages/request/context.ts'
import { decodeAwsError } from '../aws-errors.ts'
import {
  chatml,
  llama2,
  llama3,
  mistralInstruct,
  type PromptTemplate,
  turnsOf,
} from '../bedrock-invoke/prompts.ts'
import type { CallInfo, Codec, WireRequest } from '../codec.ts'
import { parseEvent } from '../parse-event.ts'
import { promptText, refuseImages, wholePrompt } from '../prompts/prompt-text.ts'
import { UNSAID_IN_TEXT } from '../receipts/receipts.ts'
import { unwrapParts, withComponent } from './parts.ts'

/** The hub's settings in the words of Hugging Face's containers. */
const SETTINGS: Readonly<Record<string, string>> = {
  temperature: 'temperature',
  top_p: 'top_p',
  top_k: 'top_k',
  seed: 'seed',
  stop: 'stop',
  best_of: 'best_of',
  n: 'num_return_sequences',
}

/**
 * Text containers behind an endpoint of SageMaker's: a prompt and parameters in, generated text out.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-test-endpoints.html
 */
export const sagemakerText: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'sagemaker-text',
  framing: 'aws-event-stream',
  upstream: {
    unsaid: UNSAID_IN_TEXT,
    params: new Set([
      'max_tokens',
      'max_completion_tokens',
      'temperature',
      'top_p',
      'top_k',
      'seed',
      'stop',
      'n',
      'metadata',
      'stream_options',
    ]),
    encodeRequest: (request, info) => withComponent(encodeRequest(request, info), info),
    decodeResponse,
    decodeStream: info => unwrapParts(new TextStream(info), info),
    decodeError: decodeAwsError,
  },
}

const HANDLED = new Set([
  ...Object.keys(SETTINGS),
  'hf_model_name',
  'max_completion_tokens',
  'max_tokens',
  'messages',
  'metadata',
  'model',
  'stream',
  'stream_options',
])

function encodeRequest(request: ChatRequest, info: CallInfo): WireRequest {
  const parameters: JsonObject = {}
  const limit = request.max_completion_tokens ?? request.max_tokens
  if (limit != null) parameters.max_new_tokens = limit
  for (const [param, name] of Object.entries(SETTINGS)) {
    const value = request[param]
    if (value == null || (param === 'n' && value === 1)) continue
    parameters[name] = param === 'stop' && typeof value === 'string' ? [value] : value
  }
  if (parameters.temperature === 0 && info.deployment.params?.aws_sagemaker_allow_zero_temp !== true) {
    parameters.temperature = LEAST_TEMPERATURE
    info.warn({
      action: 'approximated',
      param: 'temperature',
      reason: `these containers refuse 0; ${LEAST_TEMPERATURE} was sent (aws_sagemaker_allow_zero_temp sends it)`,
    })
  }
  if (isJsonObject(request.metadata) && Object.keys(request.metadata).length > 0)
    info.warn({ action: 'dropped', param: 'metadata', reason: 'this model keeps no metadata' })
  return {
    body: {
      inputs: promptOf(request, info),
      parameters: { ...parameters, ...extrasOf(request, HANDLED) },
      ...(info.stream && { stream: true }),
    },
  }
}

/** LiteLLM's stand-in for 0. */
const LEAST_TEMPERATURE = 0.01

/** How the models of Hugging Face's names were taught to read turns. */
const TEMPLATES: readonly (readonly [RegExp, PromptTemplate])[] = [
  [/llama-?2/, llama2],
  [/llama-?[34]/, llama3],
  [/mistral|mixtral/, mistralInstruct],
  [/qwen|hermes|chatml/, chatml],
]

function promptOf(request: ChatRequest, info: CallInfo): string {
  const name = textOf(request.hf_model_name ?? info.deployment.params?.hf_model_name).toLowerCase()
  const template = TEMPLATES.find(([pattern]) => name !== '' && pattern.test(name))?.[1]
  if (template) return template(turnsOf(request, info))
  const prompt = promptText(request.messages, info)
  refuseImages(prompt, info)
  return wholePrompt(prompt)
}

function decodeResponse(body: unknown, info: CallInfo): ChatResponse {
  const replies = (isJsonArray(body) ? body : [body]).filter(isJsonObject)
  const texts = replies.map(textOfReply)
  if (texts.length === 0 || texts.some(text => text === undefined))
    throw createError({
      kind: 'bad_gateway',
      message: 'The endpoint answered without generated text. Speak to it with sagemaker_chat/ if it chats.',
      provider: info.deployment.provider,
      model: info.model,
    })
  const prompt = spokenPrompt(info)
  const usage = usageOf(replies[0]?.details)
  return {
    id: info.id,
    object: 'chat.completion',
    created: Math.floor(info.now / 1000),
    model: info.model,
    choices: texts.map((text = '', index) => ({
      index,
      message: { role: 'assistant', content: withoutPrompt(text, prompt) || null },
      finish_reason: finishOf(replies[index]?.details) ?? 'stop',
    })),
    ...(usage && { usage }),
  }
}

function textOfReply(reply: JsonObject): string | undefined {
  const { generated_text: text, generation, outputs } = reply
  if (typeof text === 'string') return text
  if (typeof generation === 'string') return generation
  if (isJsonObject(generation)) return textOf(generation.content)
  return typeof outputs === 'string' ? outputs : undefined
}

/** The prompt that was sent: some containers repeat it in front of the answer. */
function spokenPrompt(info: CallInfo): string {
  const asked = info.request as ChatRequest | undefined
  return asked?.messages ? promptOf(asked, { ...info, warn() {} }) : ''
}

function withoutPrompt(text: string, prompt: string): string {
  return prompt !== '' && text.startsWith(prompt) ? text.slice(prompt.length) : text
}

function finishOf(details: unknown): FinishReason | undefined {
  if (!isJsonObject(details) || typeof details.finish_reason !== 'string') return undefined
  return details.finish_reason === 'length' ? 'length' : 'stop'
}

function usageOf(details: unknown): Usage | undefined {
  if (!isJsonObject(details)) return undefined
  const { generated_tokens: output, input_length, prefill } = details
  const input = input_length ?? (isJsonArray(prefill) && prefill.length > 0 ? prefill.length : undefined)
  if (typeof input !== 'number' || typeof output !== 'number') return undefined
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output }
}

/** One event a token; the last one tells why the text ends. */
class TextStream implements StreamTransform<WireEvent, ChatChunk> {
  private readonly info: CallInfo
  private begun = false
  private ended = false

  constructor(info: CallInfo) {
    this.info = info
  }

  push({ data }: WireEvent): ChatChunk[] {
    if (data === '[DONE]') return []
    const event = parseEvent(data, this.info)
    const { token, details, generated_text: whole } = event
    const told = isJsonObject(token) ? token : ({} as JsonObject)
    const text = told.special === true ? '' : textOf(told.text ?? event.outputs)
    const finish = finishOf(details) ?? (whole == null ? null : 'stop')
    const chunks = text === '' ? [] : [this.chunk(text, null)]
    if (finish === null) return chunks
    this.ended = true
    const last = this.chunk('', finish)
    const usage = usageOf(details)
    return [...chunks, last, ...(usage ? [{ ...last, choices: [], usage }] : [])]
  }

  end(): ChatChunk[] {
    if (this.ended) return []
    throw createError({
      kind: 'truncated',
      message: 'The endpoint closed the stream before it was complete.',
      provider: this.info.deployment.provider,
      model: this.info.model,
    })
  }

  private chunk(content: string, finish: FinishReason | null): ChatChunk {
    const role = this.begun ? undefined : ({ role: 'assistant' } as const)
    this.begun = true
    return {
      id: this.info.id,
      object: 'chat.completion.chunk',
      created: Math.floor(this.info.now / 1000),
      model: this.info.model,
      choices: [{ index: 0, delta: { ...role, ...(content !== '' && { content }) }, finish_reason: finish }],
    }
  }
}
