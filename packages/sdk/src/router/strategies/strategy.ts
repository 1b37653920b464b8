import type { Deployment } from '../../types/deployment.ts'
import type { EndpointName } from '../../types/endpoint-map.ts'
import type { JsonObject } from '../../types/json.ts'
import type { Candidate } from '../candidate.ts'
import type { WeightKey } from '../weights/weight-of.ts'

/** What a strategy may know of the call it chooses for. What has to be computed is a function: unasked, it costs nothing. */
export interface PickContext {
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly stream: boolean
  /** The group the candidates belong to; a fallback's when the call has come there. */
  readonly group: string
  /** `chat`, `embedding` … */
  readonly endpoint: EndpointName
  /** What is asked, in the hub's shape. To be read only. */
  readonly request: Readonly<JsonObject>
  readonly tags: readonly string[]
  /** The `metadata` of the request. */
  readonly metadata: Readonly<JsonObject>
  /** Those that failed in this call; none of them is among the candidates while others are left. */
  readonly tried: ReadonlySet<Candidate>
  /** The prompt's tokens by a fast estimate, made when first asked for. */
  inputTokens(): number
}

/** How an attempt went. */
export interface Outcome {
  readonly now: number
  /** Milliseconds to the whole answer, or to the first output of a stream. */
  readonly durationMs: number
  readonly stream: boolean
  /** Absent while an answer is good. */
  readonly failure?: 'timeout' | 'other' | undefined
  /** Tokens of a whole answer, where the provider said. */
  readonly completionTokens?: number | undefined
}

/**
 * Chooses among candidates; must not do I/O, and must not keep a call waiting. Where one of your own throws, or answers
 * with none of the candidates, `simple-shuffle` chooses in its place.
 */
export interface RoutingStrategy {
  readonly name: string
  /** It never chooses a deployment whose `rpm` or `tpm` is used up in this minute. */
  readonly enforcesRates?: boolean
  /** It goes by tokens: a call counts with its prompt from its beginning on. */
  readonly countsTokens?: boolean
  /** It looks at every candidate it is given; of very many, it is given a part. */
  readonly comparesAll?: boolean
  /** It draws by weight: by the first of these that any candidate states, and by what was set at run time. */
  readonly weighs?: readonly WeightKey[]
  /** `candidates` is never empty. */
  pick(candidates: readonly Candidate[], context: PickContext): Candidate
  /** Told of every finished attempt. Hang-ups and the caller's own mistakes are none. */
  observe?(candidate: Candidate, outcome: Outcome): void
}

/** Settings of a strategy: LiteLLM's `routing_strategy_args`. */
export interface StrategyArgs {
  /** Milliseconds a latency sample counts; an hour unless stated. */
  readonly ttlMs?: number | undefined
  /** Share above the lowest latency within which the choice is by chance; 0 unless stated. */
  readonly lowestLatencyBuffer?: number | undefined
  /** Latency samples kept per deployment; 10 unless stated. */
  readonly maxLatencyListSize?: number | undefined
  /** The arguments as they were written, for strategies of your own. */
  readonly own?: Readonly<JsonObject> | undefined
}

/** What strategies are made with. */
export interface StrategyHost {
  readonly random: () => number
  /** Dollars for one input and one output token together; undefined when nobody knows. */
  readonly tokenPrice: (deployment: Deployment) => number | undefined
}

/**
 * Makes a strategy, once per router: also what a module named in `routing_strategy` exports.
 *
 * @example
 * const firstOf: CreateStrategy = () => ({ name: 'first', pick: candidates => candidates[0] })
 */
export type CreateStrategy = (args: StrategyArgs, host: StrategyHost) => RoutingStrategy
