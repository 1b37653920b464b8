/** What the gateway, a sibling package released in step, needs beyond the public API. */

export { deploymentCapabilities } from './api/capabilities.ts'
export { createHost } from './api/host.ts'
export {
  budgetPeriodStart,
  momentAfter,
  nextBudgetReset,
  readBudgetDuration,
} from './budgets/budget-duration.ts'
export { type BudgetVerdict, budgetVerdict } from './budgets/budget-verdict.ts'
export { type ZonedCalendar, zonedCalendar } from './budgets/zoned-calendar.ts'
export type { OriginalRequest } from './call.ts'
export type * from './callbacks/callback.ts'
export { estimatedUsage, type FactsOf } from './callbacks/charge.ts'
export { openRecord, retriesOf, stampRecord } from './callbacks/records.ts'
export { worstCaseAt } from './callbacks/worst-case.ts'
export type * from './codecs/codec.ts'
export { SEARCH_GROUP } from './codecs/perplexity-search/codec.ts'
export { codecs } from './codecs/registry.ts'
export type * from './credentials/credentials.ts'
export { namedExports } from './credentials/named-exports.ts'
export type * from './endpoints/endpoint.ts'
export { endpoints } from './endpoints/registry.ts'
export * from './errors.ts'
export { type Catalogue, createCatalogue, factsOfDeployment } from './models/catalogue.ts'
export { costOf, estimateWorstCase } from './models/cost.ts'
export type { ModelFacts } from './models/model-facts.ts'
export type { LoadReport } from './models/price-file.ts'
export { decimalUsd } from './models/rate.ts'
export { chargeOf } from './models/sums.ts'
export {
  type CostTerms,
  type PriceTerms,
  type TermsOf,
  termsLookup,
  withTerms,
} from './models/terms/price-terms.ts'
export {
  CUSTOM_ENDPOINTS,
  type CustomEndpoint,
  type CustomProviderRow,
  customProvider,
} from './providers/custom-provider.ts'
export { resolveModel } from './providers/naming/resolve.ts'
export { CREDENTIAL_PARAMS, isCredentialParam } from './providers/params/credential-params.ts'
export type * from './providers/provider.ts'
export { providers } from './providers/registry.ts'
export type { AffinityName } from './router/affinity/affinity.ts'
export type { BudgetReport, BudgetSetting } from './router/budgets/budget-state.ts'
export { type CallOptions, parseOptionFields, splitOptions } from './router/call-options.ts'
export type { DeploymentReport } from './router/deployment-report.ts'
export { ERROR_CLASSES, type ErrorClass, type PerErrorClass } from './router/error-class.ts'
export { explanationLine, explanationOf, isEventful } from './router/explain/explanation.ts'
export { type Fallback, type FallbackOption, namedFallbacks } from './router/fallbacks.ts'
export { TIME_OF_DAY } from './router/filters/read-access-windows.ts'
export type { Finding } from './router/health/finding.ts'
export type { HealthRouting } from './router/health/leave-out-ill.ts'
export type { MirrorHost } from './router/mirror/mirror-host.ts'
export { MIRROR_TAG } from './router/mirror/mirroring.ts'
export type { News, Newswire } from './router/news/newswire.ts'
export type { RetryPolicy } from './router/retry/retry-policy.ts'
export { type Route, RouteTable, type RoutingHost, type RoutingSettings } from './router/router.ts'
export type { StrategyFault } from './router/strategies/guarded-strategy.ts'
export { type StrategyName, strategies } from './router/strategies/registry.ts'
export type { CreateStrategy, RoutingStrategy, StrategyArgs } from './router/strategies/strategy.ts'
export type { AdaptiveWeight } from './router/weights/adaptive/adaptive-weights.ts'
export type { Rollback } from './router/weights/adaptive/rollback.ts'
export { ADAPTIVE_DEFAULTS, type AdaptiveSettings } from './router/weights/adaptive/settings.ts'
export type { OutcomeSlot } from './router/weights/adaptive/stats.ts'
export { checkId, LiveWeights, MOST_WEIGHT, type WeightChanges } from './router/weights/live-weights.ts'
export type { WeightReport } from './router/weights/weight-report.ts'
export type { Reply } from './steps/reply.ts'
export { countTokens } from './tokens/count.ts'
export { estimateRequestTokens } from './tokens/request.ts'
export { formatSse } from './transport/framing/sse.ts'
export type { BudgetKind, BudgetSpend } from './types/budget-spend.ts'
export type * from './types/call-record.ts'
export type * from './types/cancel-signal.ts'
export type * from './types/chat.ts'
export type * from './types/count-tokens.ts'
export type * from './types/deployment.ts'
export type * from './types/embedding.ts'
export type * from './types/endpoint-map.ts'
export * from './types/json.ts'
export type { Meter } from './types/meter.ts'
export type * from './types/moderation.ts'
export type * from './types/rerank.ts'
export type * from './types/route-receipt.ts'
export type * from './types/stream.ts'
export type * from './types/text-completion.ts'
export type * from './types/usage.ts'
export type * from './types/warning.ts'
export { type FormField, type UploadedFile, WireBytes, WireForm } from './types/wire-body.ts'
