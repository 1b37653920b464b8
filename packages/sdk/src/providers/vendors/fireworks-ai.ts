import type { CallInfo } from '../../codecs/codec.ts'
import { thinkTags } from '../../codecs/openai-chat/settle/think-tags.ts'
import { openaiEmbeddingsWith } from '../../codecs/openai-embeddings/codec.ts'
import { rerank } from '../../codecs/rerank/codec.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import { type CompatibleRow, MAX_TOKENS } from '../compatible.ts'
import type { ErrorRule } from '../provider.ts'

/** Names without an account are Fireworks' own; `#` names a deployment. */
function modelId(model: string): string {
  return model.includes('/') || model.includes('#') ? model : `accounts/fireworks/models/${model}`
}

const SEEING = /vision|-vl|vl-|llava|llama4|llama-v4|gemma-3|gemma3|kimi-k2p5|qwen3p5|pixtral|phi-3-vision/i

/** Source: https://docs.fireworks.ai/structured-responses/structured-response-formatting */
function adjust(body: JsonObject, info: CallInfo): void {
  const format = body.response_format
  if (isJsonObject(format) && format.type === 'json_schema' && isJsonObject(format.json_schema)) {
    body.response_format = { type: 'json_object', schema: format.json_schema.schema }
    if (format.json_schema.description)
      info.warn({
        action: 'dropped',
        param: 'response_format.json_schema.description',
        reason: 'schemas have no description here',
      })
  }
  if (!SEEING.test(info.model)) inlinePictures(body, info)
}

/** Models that cannot see are told what is in a document. Source: https://docs.fireworks.ai/guides/document-inlining */
function inlinePictures(body: JsonObject, info: CallInfo): void {
  let inlined = false
  const messages = (body.messages as JsonObject[]).map(message => {
    if (!isJsonArray(message.content)) return message
    const content = message.content.map(part => {
      const marked = withTransform(part)
      if (marked !== part) inlined = true
      return marked
    })
    return { ...message, content }
  })
  if (!inlined) return
  body.messages = messages
  info.warn({
    action: 'approximated',
    param: 'messages',
    reason: 'this model cannot see: pictures are turned into text (#transform=inline)',
  })
}

function withTransform(part: unknown): unknown {
  if (!isJsonObject(part) || part.type !== 'image_url') return part
  const image = isJsonObject(part.image_url) ? part.image_url : { url: part.image_url }
  const { url } = image
  if (typeof url !== 'string' || url.includes('#transform=')) return part
  return { ...part, image_url: { ...image, url: `${url}#transform=inline` } }
}

/** Requests of one session meet the same cache. Source: https://docs.fireworks.ai/guides/prompt-caching */
function headersOf({ prompt_cache_key: key, user }: JsonObject): Record<string, string> {
  const session = key ?? user
  return typeof session === 'string' && isHeaderText(session) ? { 'x-session-affinity': session } : {}
}

function isHeaderText(text: string): boolean {
  return /^[\x21-\x7e]{1,256}$/.test(text)
}

/** Source: https://docs.fireworks.ai/guides/inference-error-codes */
const errors: readonly ErrorRule[] = [
  { kind: 'insufficient_quota', status: 402 },
  { kind: 'insufficient_quota', status: 412 },
  { kind: 'context_window', status: 400, message: /prompt is too long|maximum context length/i },
  { kind: 'unavailable', status: 425 },
]

/** Source: https://docs.fireworks.ai/api-reference/post-chatcompletions */
export const FIREWORKS_AI = {
  title: 'Fireworks AI',
  docs: 'https://docs.fireworks.ai/api-reference/post-chatcompletions',
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  baseUrlEnv: ['FIREWORKS_API_BASE'],
  env: ['FIREWORKS_API_KEY', 'FIREWORKS_AI_API_KEY', 'FIREWORKSAI_API_KEY', 'FIREWORKS_AI_TOKEN'],
  model: modelId,
  completions: true,
  chat: { adjust, headers: headersOf, settle: thinkTags },
  // Embedding models have names without an account: nomic-ai/nomic-embed-text-v1.5.
  endpoints: {
    embedding: [
      { codec: openaiEmbeddingsWith({ tokens: false, encodingFormat: false }), path: '/embeddings' },
    ],
    rerank: [{ codec: rerank, path: '/rerank', model: modelId }],
  },
  params: { ...MAX_TOKENS, tool_choice: { values: { required: 'any' } } },
  errors,
  exampleModels: ['accounts/fireworks/models/deepseek-v3p1', 'accounts/fireworks/models/gpt-oss-120b'],
} as const satisfies CompatibleRow
