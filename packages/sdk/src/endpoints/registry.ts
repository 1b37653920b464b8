import type { EndpointName } from '../types/endpoint-map.ts'
import { chat } from './chat.ts'
import { countTokens } from './count-tokens.ts'
import { embedding } from './embedding.ts'
import type { Endpoint } from './endpoint.ts'
import { imageEdit } from './image-edit.ts'
import { imageGeneration } from './image-generation.ts'
import { imageVariation } from './image-variation.ts'
import { moderation } from './moderation.ts'
import { ocr } from './ocr.ts'
import { rerank } from './rerank.ts'
import { search } from './search.ts'
import { speech } from './speech.ts'
import { textCompletion } from './text-completion.ts'
import { transcription, translation } from './transcription.ts'
import { videoContent, videoDelete, videoGeneration, videoList, videoRemix, videoStatus } from './video.ts'

/** Every endpoint by its name. */
export const endpoints: { readonly [E in EndpointName]: Endpoint<E> } = {
  chat,
  count_tokens: countTokens,
  embedding,
  text_completion: textCompletion,
  moderation,
  rerank,
  speech,
  transcription,
  translation,
  image_generation: imageGeneration,
  image_edit: imageEdit,
  image_variation: imageVariation,
  video_generation: videoGeneration,
  video_status: videoStatus,
  video_content: videoContent,
  video_remix: videoRemix,
  video_delete: videoDelete,
  video_list: videoList,
  ocr,
  search,
}
