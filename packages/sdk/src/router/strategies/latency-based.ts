import type { Candidate } from '../candidate.ts'
import type { CreateStrategy, Outcome } from './strategy.ts'

const HOUR_MS = 3_600_000
const LIST_SIZE = 10
/** What a timeout counts as, milliseconds: LiteLLM's 1000 seconds. */
const TIMEOUT_PENALTY_MS = 1_000_000

/**
 * The deployment that answered fastest of late: streams by the time to their first event, whole answers by the time per
 * token where the provider counts them. One that was not tried yet comes first.
 */
export const createLatencyBased: CreateStrategy = (args, { random }) => {
  const ttlMs = args.ttlMs ?? HOUR_MS
  const most = args.maxLatencyListSize ?? LIST_SIZE
  const factor = 1 + (args.lowestLatencyBuffer ?? 0)
  return {
    comparesAll: true,
    name: 'latency-based-routing',
    enforcesRates: true,
    pick(candidates, { now, stream }) {
      let best = Number.POSITIVE_INFINITY
      for (const candidate of candidates) {
        const mean = recentOf(candidate, stream).mean(now, ttlMs)
        if (mean < best) best = mean
      }
      let chosen = candidates[0] as Candidate
      let within = 0
      for (const candidate of candidates) {
        if (recentOf(candidate, stream).mean(now, ttlMs) > best * factor) continue
        if (random() * ++within < 1) chosen = candidate
      }
      return chosen
    },
    observe(candidate, outcome) {
      const sample = sampleOf(outcome)
      if (sample !== undefined) recentOf(candidate, outcome.stream).add(sample, outcome.now, most)
    },
  }
}

function recentOf({ state }: Candidate, stream: boolean) {
  return stream ? state.stream.recent : state.whole.recent
}

function sampleOf({ failure, durationMs, completionTokens, stream }: Outcome): number | undefined {
  if (failure === 'timeout') return TIMEOUT_PENALTY_MS
  if (failure) return undefined
  return stream || !completionTokens ? durationMs : durationMs / completionTokens
}
