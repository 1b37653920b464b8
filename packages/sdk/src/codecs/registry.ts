import { anthropicCountTokens } from './anthropic-count-tokens/codec.ts'
import { anthropicMessages } from './anthropic-messages/codec.ts'
import { gemini } from './gemini/codec.ts'
import { geminiCountTokens } from './gemini-count-tokens/codec.ts'
import { geminiEmbeddings } from './gemini-embeddings/codec.ts'
import { openaiChat } from './openai-chat/codec.ts'
import { openaiEmbeddings } from './openai-embeddings/codec.ts'

/** The formats clients may speak, by the names people use in code. */
export const codecs = {
  openaiChat,
  anthropicMessages,
  gemini,
  openaiEmbeddings,
  anthropicCountTokens,
  geminiCountTokens,
  geminiEmbeddings,
} as const
