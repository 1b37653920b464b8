import type { CASES } from '../cases/all.ts'
import { embeddingReplies } from './embedding.ts'
import { imageEditReplies, imageGenerationReplies, imageVariationReplies, videoReplies } from './pictures.ts'
import { rerankReplies, searchReplies } from './ranks.ts'
import type { Replies } from './replies.ts'
import { ocrReplies, speechReplies, transcriptionReplies, translationReplies } from './sounds.ts'
import { countTokensReplies, moderationReplies, textCompletionReplies } from './texts.ts'

/** Every endpoint's replies by format. */
export const REPLIES: { readonly [E in keyof typeof CASES]: Replies } = {
  count_tokens: countTokensReplies,
  embedding: embeddingReplies,
  text_completion: textCompletionReplies,
  moderation: moderationReplies,
  rerank: rerankReplies,
  search: searchReplies,
  speech: speechReplies,
  transcription: transcriptionReplies,
  translation: translationReplies,
  image_generation: imageGenerationReplies,
  image_edit: imageEditReplies,
  image_variation: imageVariationReplies,
  ocr: ocrReplies,
  ...videoReplies,
}
