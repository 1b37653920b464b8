import { foldChunks } from '../endpoints/chat-fold.ts'
import { costOf } from '../models/cost.ts'
import { resolveModel } from '../providers/naming/resolve.ts'
import { providers } from '../providers/registry.ts'
import { countTokens as count, type TokenCount } from '../tokens/count.ts'
import type { Cost } from '../types/call-record.ts'
import type { ChatChunk, ChatMessage, ChatRequest, ChatResponse, ChatTool } from '../types/chat.ts'
import type { JsonObject } from '../types/json.ts'
import type { Usage } from '../types/usage.ts'
import { catalogue } from './host.ts'

/** What a reply cost. `unknown` when the price list does not know the model: never 0. */
export function completionCost(
  reply: { readonly model: string; readonly usage?: Usage },
  options: { readonly model?: string; readonly modelInfo?: JsonObject } = {},
): Cost {
  const { provider, model } = resolveModel(options.model ?? reply.model, providers)
  if (reply.usage === undefined) return { state: 'unknown', reason: 'The reply carries no usage.' }
  const facts = catalogue.find(provider, model, options.modelInfo)
  return costOf(reply.usage, facts?.price, { now: Date.now(), provider })
}

/** Tokens of a text or a conversation: exact for OpenAI's models, estimated for others (`method` says which). */
export function countTokens(input: {
  readonly model: string
  readonly text?: string
  readonly messages?: readonly ChatMessage[]
  readonly tools?: readonly ChatTool[]
}): Promise<TokenCount> {
  const { provider, model } = resolveModel(input.model, providers)
  return count({ ...input, provider, model })
}

/** The whole reply that chunks add up to. LiteLLM: `stream_chunk_builder`. */
export function streamChunkBuilder(chunks: readonly ChatChunk[]): ChatResponse {
  return foldChunks(chunks)
}

/** Loads a LiteLLM-shaped price file over the bundled prices; all or nothing. */
export function registerPrices(json: unknown, source: string) {
  return catalogue.loadPriceFile(json, source)
}

export type { ChatRequest }
