import type { ModelFacts } from '../../models/model-facts.ts'
import { type Candidate, trackOf } from '../candidate.ts'

/** Milliseconds a model takes to read 1,000 tokens that it has not cached. */
const READING_MS = 100
/** What time and money are to each other: a second of waiting is worth a cent. */
const MS_PER_NANO_USD = 1_000 / 1e7
/** Calls that a deployment without `max_parallel_requests` is taken to serve without slowing down. */
const SIDE_BY_SIDE = 16

/**
 * Milliseconds a call is expected to take: the peak of recent latencies, and as much again for every `max_parallel_requests`
 * calls under way. A deployment nobody has measured takes as long as `like`.
 */
export function expectedMs(candidate: Candidate, stream: boolean, now: number, like?: number): number {
  const { peak } = trackOf(candidate, stream)
  const { inFlight } = candidate.load
  const places = candidate.deployment.maxParallelRequests ?? SIDE_BY_SIDE
  const latency = peak.isUnknown ? (like ?? 0) : peak.cost(now)
  return latency * (1 + inFlight / Math.max(1, places))
}

/** What not reading `tokens` again is worth, in milliseconds: the time, and the money at the exchange above. */
export function savedMs(tokens: number, facts: ModelFacts | undefined): number {
  const { input, cacheRead } = facts?.price?.standard.base ?? {}
  const nanoUsd = input && cacheRead ? Math.max(0, tokens * (perToken(input) - perToken(cacheRead))) : 0
  return (tokens / 1_000) * READING_MS + nanoUsd * MS_PER_NANO_USD
}

export interface Weighing {
  readonly stream: boolean
  readonly now: number
  /** Tokens that the deployment need not read again. */
  readonly tokens: number
  readonly facts: ModelFacts | undefined
}

/** Why `warm` is left for `other`: waiting there costs more than its cache saves. Undefined when it is worth staying. */
export function reasonToLeave(warm: Candidate, other: Candidate, weighing: Weighing): string | undefined {
  if (warm === other) return undefined
  const { stream, now, tokens, facts } = weighing
  const here = expectedMs(warm, stream, now)
  const there = expectedMs(other, stream, now, latencyOf(warm, stream, now))
  const saved = savedMs(tokens, facts)
  if (here - there <= saved) return undefined
  return `it would take ${Math.round(here - there)} ms longer, and its cache saves what ${Math.round(saved)} ms are worth`
}

function latencyOf(candidate: Candidate, stream: boolean, now: number): number {
  const { peak } = trackOf(candidate, stream)
  return peak.isUnknown ? 0 : peak.cost(now)
}

/** Nano-dollars, with their fraction. */
function perToken({ nano, femto }: { readonly nano: number; readonly femto: number }): number {
  return nano + femto / 1e6
}
