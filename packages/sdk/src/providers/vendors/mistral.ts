import type { CallInfo } from '../../codecs/codec.ts'
import type { OpenaiChatOptions } from '../../codecs/openai-chat/options.ts'
import { eachMessage } from '../../codecs/openai-chat/settle/each-message.ts'
import { openaiModerations } from '../../codecs/openai-moderations/codec.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import { type CompatibleRow, MAX_TOKENS } from '../compatible.ts'
import type { ErrorRule, ParamRules } from '../provider.ts'
import { FIM } from '../text-completions.ts'

/** Models whose thinking nothing switches. */
const PLAIN = /^(mistral-large|codestral|devstral|ministral|open-|pixtral|voxtral|mistral-nemo|mistral-saba)/

/**
 * Mistral refuses fields it does not know, `stream_options` among them, and reports usage unasked. A last assistant
 * message with `prefix: true` is the beginning of the answer. Source: https://docs.mistral.ai/api/
 */
const chat: OpenaiChatOptions = {
  streamUsage: false,
  developerRole: false,
  names: 'tool',
  keeps: ['format', 'reasoning_content'],
  toolsWithout: { fields: ['strict'], keywords: ['$id', '$schema', 'additionalProperties'] },
  adjust(body, info) {
    const choice = body.tool_choice
    if (choice === 'required') body.tool_choice = 'any'
    body.messages = (body.messages as JsonObject[]).flatMap((message, index) =>
      encodeMessage(message, index, info),
    )
    encodeReasoning(body, info)
  },
  settle: () => reply => eachMessage(reply, settleContent),
}

/** An empty assistant message is refused, so it is left out; thinking goes back as it came, as a piece of the content. */
function encodeMessage(message: JsonObject, index: number, info: CallInfo): JsonObject[] {
  const { reasoning_content: thinking, ...out } = message
  const { content } = out
  const empty = content == null || content === ''
  const calls = isJsonArray(out.tool_calls) && out.tool_calls.length > 0
  if (out.role === 'assistant' && empty && !calls) {
    info.warn({ action: 'dropped', param: `messages[${index}]`, reason: 'an empty assistant message' })
    return []
  }
  if (isJsonArray(content)) return [{ ...out, content: content.map(encodePart) }]
  if (typeof thinking !== 'string' || thinking === '') return [thinking === undefined ? message : out]
  if (PLAIN.test(info.model)) {
    const param = `messages[${index}].reasoning_content`
    info.warn({ action: 'dropped', param, reason: 'this model does not think' })
    return [out]
  }
  const text = typeof content === 'string' && content !== '' ? [{ type: 'text', text: content }] : []
  return [{ ...out, content: [{ type: 'thinking', thinking: [{ type: 'text', text: thinking }] }, ...text] }]
}

/** Source: https://docs.mistral.ai/capabilities/document_ai/document_qna and …/capabilities/audio */
function encodePart(part: unknown): unknown {
  if (!isJsonObject(part)) return part
  if (part.type === 'input_audio' && isJsonObject(part.input_audio))
    return { type: 'input_audio', input_audio: part.input_audio.data }
  if (part.type !== 'file' || !isJsonObject(part.file)) return part
  const { file_id: id, file_data: data, filename, format } = part.file
  if (typeof id === 'string' && !id.startsWith('http')) return { type: 'file', file_id: id }
  const named = typeof filename === 'string' ? { document_name: filename } : {}
  const url = typeof id === 'string' ? id : asDataUri(textOf(data), textOf(format))
  return { type: 'document_url', document_url: url, ...named }
}

function asDataUri(data: string, format: string): string {
  return data.startsWith('data:') ? data : `data:${format || 'application/pdf'};base64,${data}`
}

/** Magistral has a mode, not an effort. Source: https://docs.mistral.ai/capabilities/reasoning */
function encodeReasoning(body: JsonObject, info: CallInfo): void {
  const effort = body.reasoning_effort
  if (typeof effort !== 'string' || !info.model.startsWith('magistral')) return
  delete body.reasoning_effort
  if (effort === 'none') body.prompt_mode = null
  else body.prompt_mode ??= 'reasoning'
  info.warn({
    action: 'approximated',
    param: 'reasoning_effort',
    reason: 'sent as prompt_mode: this model thinks or does not',
  })
}

/** Thinking comes as pieces of the content; text as a string or as pieces. */
function settleContent(message: JsonObject, choice: JsonObject): void {
  const { content } = message
  if (content === '' && choice.message !== undefined) message.content = null
  if (!isJsonArray(content)) return
  const parts = content.filter(isJsonObject)
  const thinking = parts.filter(({ type }) => type === 'thinking').map(thinkingOf)
  const text = parts.filter(({ type }) => type === 'text').map(part => textOf(part.text))
  const others = parts.filter(({ type }) => type !== 'thinking' && type !== 'text')
  message.content = text.length > 0 ? text.join('') : null
  if (thinking.length > 0) message.reasoning_content = thinking.join('')
  if (others.length > 0) message.provider_specific_fields = { content: others }
}

function thinkingOf({ thinking }: JsonObject): string {
  if (!isJsonArray(thinking)) return textOf(thinking)
  return thinking.map(piece => (isJsonObject(piece) ? textOf(piece.text) : '')).join('')
}

const params: ParamRules = {
  ...MAX_TOKENS,
  seed: { rename: 'random_seed' },
  logit_bias: 'refuse',
  logprobs: 'refuse',
  top_logprobs: 'refuse',
  service_tier: 'refuse',
  verbosity: 'refuse',
  web_search_options: 'refuse',
  safety_identifier: 'drop',
  prompt_cache_key: 'drop',
  prompt_cache_retention: 'drop',
  user: 'drop',
}

/** Source: https://docs.mistral.ai/api/ (errors carry `type` and a numeric `code`) */
const errors: readonly ErrorRule[] = [
  { kind: 'rate_limit', code: 'service_tier_capacity_exceeded' },
  { kind: 'context_window', status: 400, message: /too large for model with \d+ maximum context length/ },
  { kind: 'not_found', status: 400, code: 'invalid_model' },
]

const FACTS = {
  docs: 'https://docs.mistral.ai/api/',
  chat,
  params,
  modelParams: (model: string) => (PLAIN.test(model) ? ({ reasoning_effort: 'refuse' } as const) : undefined),
  errors,
}

export const MISTRAL = {
  ...FACTS,
  title: 'Mistral AI',
  baseUrl: 'https://api.mistral.ai/v1',
  baseUrlEnv: ['MISTRAL_API_BASE', 'MISTRAL_AZURE_API_BASE'],
  env: ['MISTRAL_API_KEY', 'MISTRAL_AZURE_API_KEY'],
  embeddings: { tokens: false, dimensions: 'output_dimension' },
  endpoints: {
    text_completion: [{ ...FIM, serves: model => /codestral|devstral/.test(model) }],
    moderation: [{ codec: openaiModerations, path: '/moderations' }],
  },
  exampleModels: ['mistral-large-latest', 'mistral-small-latest', 'mistral-embed'],
} as const satisfies CompatibleRow

export const CODESTRAL = {
  ...FACTS,
  title: 'Codestral',
  baseUrl: 'https://codestral.mistral.ai/v1',
  baseUrlEnv: ['CODESTRAL_API_BASE'],
  env: ['CODESTRAL_API_KEY'],
  endpoints: { text_completion: [FIM] },
  exampleModels: ['codestral-latest'],
} as const satisfies CompatibleRow
