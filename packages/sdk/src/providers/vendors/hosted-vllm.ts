import type { CallInfo } from '../../codecs/codec.ts'
import { thinkTags } from '../../codecs/openai-chat/settle/think-tags.ts'
import { rerankWith } from '../../codecs/rerank/codec.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CompatibleRow } from '../compatible.ts'

/** Videos are parts of their own kind. Source: https://docs.vllm.ai/en/latest/features/multimodal_inputs/ */
function encodeVideos(body: JsonObject, info: CallInfo): void {
  body.messages = (body.messages as JsonObject[]).map((message, index) => {
    if (!isJsonArray(message.content)) return message
    const content = message.content.map(videoOf)
    if (content.every((part, at) => part === (message.content as unknown[])[at])) return message
    info.warn({
      action: 'renamed',
      param: `messages[${index}].content`,
      reason: 'videos are sent as video_url',
    })
    return { ...message, content }
  })
}

function videoOf(part: unknown): unknown {
  if (!isJsonObject(part) || part.type !== 'file' || !isJsonObject(part.file)) return part
  const { file_id: id, file_data: data, format } = part.file
  const url = typeof data === 'string' ? data : id
  if (typeof url !== 'string') return part
  const isVideo = typeof format === 'string' ? format.startsWith('video/') : url.startsWith('data:video/')
  if (!isVideo) return part
  const whole =
    url.startsWith('data:') || url.startsWith('http') ? url : `data:${String(format)};base64,${url}`
  return { type: 'video_url', video_url: { url: whole } }
}

/** A vLLM server. Its own parameters (`guided_json`, `chat_template_kwargs` …) pass as they are. */
export const HOSTED_VLLM = {
  title: 'vLLM',
  docs: 'https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html',
  baseUrlEnv: ['HOSTED_VLLM_API_BASE'],
  env: ['HOSTED_VLLM_API_KEY'],
  keyRequired: false,
  embeddings: { tokens: true },
  completions: true,
  endpoints: { rerank: [{ codec: rerankWith({ returnDocuments: false }), path: '/rerank' }] },
  chat: {
    keeps: ['format', 'reasoning_content'],
    toolsWithout: { fields: ['strict'], keywords: ['additionalProperties'] },
    adjust: encodeVideos,
    settle: thinkTags,
  },
} as const satisfies CompatibleRow
