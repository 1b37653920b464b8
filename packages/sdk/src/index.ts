export * from './api/calls/completion.ts'
export * from './api/calls/embedding.ts'
export * from './api/calls/image.ts'
export * from './api/calls/messages.ts'
export * from './api/calls/moderation.ts'
export * from './api/calls/ocr.ts'
export * from './api/calls/rerank.ts'
export * from './api/calls/search.ts'
export * from './api/calls/speech.ts'
export * from './api/calls/text-completion.ts'
export * from './api/calls/transcription.ts'
export * from './api/calls/video.ts'
export { capabilities, type ParamCapability, supportedParams } from './api/capabilities.ts'
export {
  completionCost,
  countTokens,
  registerPrices,
  streamChunkBuilder,
} from './api/models.ts'
export type { CallFacts, WithFacts } from './api/result.ts'
export { type ModelListEntry, Router, type RouterOptions } from './api/router.ts'
export type { RunOptions } from './api/run.ts'
export type { Stream } from './api/stream.ts'
export * from './errors.ts'
export type { CallOptions } from './router/call-options.ts'
export type { Candidate } from './router/candidate.ts'
export type { DeploymentReport } from './router/deployment-report.ts'
export type { FallbackOption, FallbackTarget } from './router/fallbacks.ts'
export type { News, Newswire } from './router/news/newswire.ts'
export type { RoutingSettings } from './router/settings.ts'
export type {
  CreateStrategy,
  Outcome,
  PickContext,
  RoutingStrategy,
  StrategyArgs,
  StrategyHost,
} from './router/strategies/strategy.ts'
export type { WeightChanges } from './router/weights/live-weights.ts'
export type { WeightReport } from './router/weights/weight-report.ts'
export type { Cost } from './types/call-record.ts'
export type * from './types/chat.ts'
export type * from './types/embedding.ts'
export type * from './types/image-edit.ts'
export type * from './types/image-generation.ts'
export type * from './types/image-variation.ts'
export type { JsonObject } from './types/json.ts'
export type * from './types/moderation.ts'
export type * from './types/ocr.ts'
export type * from './types/rerank.ts'
export type * from './types/search.ts'
export type * from './types/speech.ts'
export type * from './types/text-completion.ts'
export type * from './types/transcription.ts'
export type * from './types/usage.ts'
export type * from './types/video.ts'
export type { Warning } from './types/warning.ts'
export { type UploadedFile, WireBytes } from './types/wire-body.ts'
