export { capabilities, type ParamCapability, supportedParams } from './api/capabilities.ts'
export * from './api/completion.ts'
export * from './api/embedding.ts'
export * from './api/messages.ts'
export {
  completionCost,
  countTokens,
  registerPrices,
  streamChunkBuilder,
} from './api/models.ts'
export * from './api/moderation.ts'
export * from './api/rerank.ts'
export type { CallFacts, WithFacts } from './api/result.ts'
export { type ModelListEntry, Router, type RouterOptions } from './api/router.ts'
export type { RunOptions } from './api/run.ts'
export type { Stream } from './api/stream.ts'
export * from './api/text-completion.ts'
export * from './errors.ts'
export type { CallOptions } from './router/call-options.ts'
export type { Cost } from './types/call-record.ts'
export type * from './types/chat.ts'
export type * from './types/embedding.ts'
export type { JsonObject } from './types/json.ts'
export type * from './types/moderation.ts'
export type * from './types/rerank.ts'
export type * from './types/text-completion.ts'
export type * from './types/usage.ts'
export type { Warning } from './types/warning.ts'
