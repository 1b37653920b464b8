import type { Deployment } from '../../types/deployment.ts'
import type { Candidate } from '../candidate.ts'
import type { WeightKey } from '../weights/weight-of.ts'

/** What a strategy may know of the call it chooses for. */
export interface PickContext {
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly stream: boolean
}

/** How an attempt went. */
export interface Outcome {
  readonly now: number
  /** Milliseconds to the whole answer, or to the first event of a stream. */
  readonly durationMs: number
  readonly stream: boolean
  /** Absent while an answer is good. */
  readonly failure?: 'timeout' | 'other' | undefined
  /** Tokens of a whole answer, where the provider said. */
  readonly completionTokens?: number | undefined
}

/** Chooses among candidates; must not do I/O, and must not keep a call waiting. */
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
}

/** What strategies are made with. */
export interface StrategyHost {
  readonly random: () => number
  /** Dollars for one input and one output token together; undefined when nobody knows. */
  readonly tokenPrice: (deployment: Deployment) => number | undefined
}

export type CreateStrategy = (args: StrategyArgs, host: StrategyHost) => RoutingStrategy
