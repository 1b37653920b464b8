import type { ModelFacts } from '../../models/model-facts.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { EndpointName } from '../../types/endpoint-map.ts'
import type { JsonObject } from '../../types/json.ts'
import type { Candidate } from '../candidate.ts'

/** The call as filters see it. */
export interface FilterAsk {
  readonly group: string
  readonly endpoint: EndpointName
  readonly request: JsonObject
  readonly tags: readonly string[]
  readonly userAgent: string | undefined
  /** LiteLLM's `allowed_model_region`. */
  readonly region: string | undefined
  /** The team that is charged. */
  readonly teamId: string | undefined
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Estimated once, when first asked. */
  inputTokens(): number
  facts(deployment: Deployment): ModelFacts | undefined
}

export interface FilterSettings {
  readonly enablePreCallChecks?: boolean | undefined
  readonly enableTagFiltering?: boolean | undefined
  /** One matching tag is enough; else every tag of the call must be the deployment's. True unless stated. */
  readonly tagFilteringMatchAny?: boolean | undefined
  /** Tags of calls that begin with it are looked for without it. */
  readonly tagRoutingPrefix?: string | undefined
}

/** Why a deployment cannot serve the call; `undefined` when it can. */
export type Check = (candidate: Candidate) => string | undefined

/** Leaves out deployments that can never serve this call, however often it is tried. */
export interface Filter {
  readonly name: string
  /** Undefined when every candidate passes, so that a call pays only for the filters it needs. */
  prepare(ask: FilterAsk, candidates: readonly Candidate[], settings: FilterSettings): Check | undefined
}
