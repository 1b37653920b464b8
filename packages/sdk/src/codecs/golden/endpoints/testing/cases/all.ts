import type { EndpointName } from '../../../../../types/endpoint-map.ts'
import type { Cases } from './cases.ts'
import { countTokensCases } from './count-tokens.ts'
import { embeddingCases } from './embedding.ts'
import { imageEditCases } from './image-edit.ts'
import { imageGenerationCases } from './image-generation.ts'
import { imageVariationCases } from './image-variation.ts'
import { moderationCases } from './moderation.ts'
import { ocrCases } from './ocr.ts'
import { rerankCases } from './rerank.ts'
import { searchCases } from './search.ts'
import { speechCases } from './speech.ts'
import { textCompletionCases } from './text-completion.ts'
import { transcriptionCases, translationCases } from './transcription.ts'
import {
  videoContentCases,
  videoGenerationCases,
  videoListCases,
  videoRemixCases,
  videoStatusCases,
} from './video.ts'

/** Every endpoint's cases; chat has a matrix of its own. */
export const CASES: { readonly [E in Exclude<EndpointName, 'chat'>]: Cases<E> } = {
  count_tokens: countTokensCases,
  embedding: embeddingCases,
  text_completion: textCompletionCases,
  moderation: moderationCases,
  rerank: rerankCases,
  speech: speechCases,
  transcription: transcriptionCases,
  translation: translationCases,
  image_generation: imageGenerationCases,
  image_edit: imageEditCases,
  image_variation: imageVariationCases,
  video_generation: videoGenerationCases,
  video_status: videoStatusCases,
  video_content: videoContentCases,
  video_remix: videoRemixCases,
  video_delete: videoStatusCases,
  video_list: videoListCases,
  ocr: ocrCases,
  search: searchCases,
}
