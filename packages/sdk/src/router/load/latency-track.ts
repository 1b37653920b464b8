import { PeakEwma } from './peak-ewma.ts'
import { RecentLatencies } from './recent-latencies.ts'

/** How long an attempt took, as far as latencies go. */
export interface Timing {
  readonly now: number
  readonly durationMs: number
  /** Absent while an answer is good. */
  readonly failure?: unknown
}

/** Latencies of one deployment: of its whole answers, or of its streams to their first output. */
export class LatencyTrack {
  readonly peak = new PeakEwma()
  readonly recent = new RecentLatencies()

  /** Told of every attempt, whichever strategy is in force. */
  observe({ now, durationMs, failure }: Timing): void {
    if (failure) this.peak.observeFailure(durationMs, now)
    else this.peak.observe(durationMs, now)
  }
}
