import type { Call } from '../call.ts'
import type { FactsOf } from '../callbacks/charge.ts'
import type { TermsOf } from '../models/terms/price-terms.ts'
import type { CallHost } from '../steps/shapes.ts'
import type { CallRecord } from '../types/call-record.ts'
import type { Deployment } from '../types/deployment.ts'
import type { EndpointName } from '../types/endpoint-map.ts'
import type { FallbackOptions } from './fallbacks.ts'
import type { MirrorHost } from './mirror/mirror-host.ts'
import type { Newswire } from './news/newswire.ts'
import type { StrategyFault } from './strategies/guarded-strategy.ts'

/** What routing needs of its surroundings. */
export interface RoutingHost extends CallHost {
  readonly now: () => number
  readonly random: () => number
  /** What is known of a deployment's model; remembered, so that asking costs nothing. */
  readonly facts?: FactsOf | undefined
  /** What is paid and charged besides the price, by provider; asked anew for every call. */
  readonly terms?: (() => TermsOf | undefined) | undefined
  /** Told, at most once per minute, that a strategy of the user's own does not do what it should. */
  readonly onStrategyFault?: ((fault: StrategyFault) => void) | undefined
  /** Told of mirrored calls. */
  readonly mirror?: MirrorHost | undefined
  /** Tells the other replicas what was learnt here, and the other way round. Without it this process is alone. */
  readonly news?: Newswire | undefined
}

/** What to route. The call's deployment and times are the router's to choose. */
export interface Route<E extends EndpointName>
  extends Omit<Call<E>, 'deployment' | 'timeoutMs' | 'streamTimeoutMs' | 'idleTimeoutMs' | 'now'>,
    FallbackOptions {
  /** Group, alias, deployment id or a name a wildcard matches. */
  readonly model: string
  readonly record: CallRecord
  readonly retries?: number | undefined
  readonly timeoutMs?: number | undefined
  readonly streamTimeoutMs?: number | undefined
  readonly streamIdleTimeoutMs?: number | undefined
  /** False: a stream that breaks off is not gone on with elsewhere, whatever the operator allows. */
  readonly streamContinuation?: boolean | undefined
  /** Laid over whichever deployment is chosen. */
  readonly overrides?: Partial<Deployment> | undefined
  /** LiteLLM's `allowed_model_region`. */
  readonly region?: string | undefined
  /** The prompt's tokens, where they are known already; else they are estimated when somebody asks. */
  readonly inputTokens?: number | undefined
  /** Of calls that wait for a place: lower goes first; 0 unless stated. */
  readonly priority?: number | undefined
  /** It is a copy of another call: it is made once, and not copied again. */
  readonly isMirror?: boolean | undefined
  /** Lets the first group fail with this error without being asked, to try out what follows (`mock_testing_*`). */
  readonly mockFailure?: MockFailure | undefined
}

export type MockFailure = 'internal' | 'context_window' | 'content_policy' | 'rate_limit'

/** What decides where a call may end. */
export interface Reach extends FallbackOptions {
  readonly model: string
}
