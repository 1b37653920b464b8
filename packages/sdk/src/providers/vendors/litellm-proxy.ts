import { mistralOcr } from '../../codecs/mistral-ocr/codec.ts'
import { openaiChatWith } from '../../codecs/openai-chat/codec.ts'
import { openaiModerations } from '../../codecs/openai-moderations/codec.ts'
import { openaiResponses } from '../../codecs/openai-responses/codec.ts'
import { FULL_RERANK } from '../compatible/rerankers.ts'
import type { CompatibleRow } from '../compatible.ts'
import { openaiAudio } from './openai/openai-audio.ts'
import { OPENAI_MEDIA } from './openai/openai-media.ts'
import { responsesModel, wantsChat } from './openai/responses-models.ts'

const handsOn = openaiChatWith({
  keeps: ['cache_control', 'format', 'reasoning_content', 'thinking_blocks'],
  thinking: true,
})

/** Another LiteLLM proxy, or Sluice: everything a proxy serves. `responses/<model>` goes through its Responses door. */
export const LITELLM_PROXY = {
  title: 'LiteLLM proxy',
  docs: 'https://docs.litellm.ai/docs/providers/litellm_proxy',
  baseUrlEnv: ['LITELLM_PROXY_API_BASE'],
  env: ['LITELLM_PROXY_API_KEY'],
  keyRequired: false,
  completions: true,
  embeddings: true,
  endpoints: {
    chat: [
      { codec: handsOn, path: '/chat/completions', serves: wantsChat },
      { codec: openaiResponses, path: '/responses', model: responsesModel },
    ],
    rerank: [FULL_RERANK],
    moderation: [{ codec: openaiModerations, path: '/moderations' }],
    ocr: [{ codec: mistralOcr, path: '/ocr' }],
    ...OPENAI_MEDIA,
    ...openaiAudio(),
  },
  forwards: true,
} as const satisfies CompatibleRow
