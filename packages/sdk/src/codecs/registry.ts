import { anthropicCountTokens } from './anthropic-count-tokens/codec.ts'
import { anthropicMessages } from './anthropic-messages/codec.ts'
import { bedrockConverse } from './bedrock-converse/codec.ts'
import { gemini } from './gemini/codec.ts'
import { geminiCountTokens } from './gemini-count-tokens/codec.ts'
import { geminiEmbeddings } from './gemini-embeddings/codec.ts'
import { mistralOcr } from './mistral-ocr/codec.ts'
import { openaiChat } from './openai-chat/codec.ts'
import { openaiCompletions } from './openai-completions/codec.ts'
import { openaiEmbeddings } from './openai-embeddings/codec.ts'
import { openaiImages } from './openai-images/codec.ts'
import { openaiImageEdits } from './openai-images/edit.ts'
import { openaiImageVariations } from './openai-images/variation.ts'
import { openaiModerations } from './openai-moderations/codec.ts'
import { openaiSpeech } from './openai-speech/codec.ts'
import { openaiTranscriptions, openaiTranslations } from './openai-transcriptions/codec.ts'
import { openaiVideos } from './openai-videos/codec.ts'
import { perplexitySearch } from './perplexity-search/codec.ts'
import { rerank } from './rerank/codec.ts'

/** The formats clients may speak, by the names people use in code. */
export const codecs = {
  openaiChat,
  anthropicMessages,
  gemini,
  bedrockConverse,
  openaiEmbeddings,
  openaiCompletions,
  openaiModerations,
  rerank,
  anthropicCountTokens,
  geminiCountTokens,
  geminiEmbeddings,
  openaiSpeech,
  openaiTranscriptions,
  openaiTranslations,
  openaiImages,
  openaiImageEdits,
  openaiImageVariations,
  openaiVideos: openaiVideos.video_generation,
  openaiVideoStatus: openaiVideos.video_status,
  openaiVideoContent: openaiVideos.video_content,
  openaiVideoRemix: openaiVideos.video_remix,
  openaiVideoDelete: openaiVideos.video_delete,
  openaiVideoList: openaiVideos.video_list,
  mistralOcr,
  perplexitySearch,
} as const
