import type { LoggedDeployment } from '../log/logged-call.ts'
import { Failures } from './failures.ts'
import { type Duration, Latencies } from './latencies.ts'
import { stretchesOf } from './timeline.ts'

const MOST_FAILURE_STRETCHES = 4_096
const LEAST_FAILURE_MS = 10_000
const MOST_LATENCY_STRETCHES = 1_024
const LEAST_LATENCY_MS = 30_000

/** How one deployment of the log behaved. */
export class Behaviour {
  readonly deployment: LoggedDeployment
  readonly failures: Failures
  private readonly whole: Latencies
  private readonly stream: Latencies

  /** `from`, `to`: the log's time, milliseconds since the epoch. */
  constructor(deployment: LoggedDeployment, { from, to }: { readonly from: number; readonly to: number }) {
    this.deployment = deployment
    this.failures = new Failures(stretchesOf(from, to, MOST_FAILURE_STRETCHES, LEAST_FAILURE_MS))
    const stretches = stretchesOf(from, to, MOST_LATENCY_STRETCHES, LEAST_LATENCY_MS)
    this.whole = new Latencies(stretches)
    this.stream = new Latencies(stretches)
  }

  /** Answers that were measured. */
  get answers(): number {
    return this.whole.count + this.stream.count
  }

  answered(at: number, duration: Duration, random: () => number): void {
    const latencies = duration.firstMs > 0 ? this.stream : this.whole
    latencies.add(at, duration, random)
  }

  /** How long an answer takes; where none of its kind was seen, as long as one of the other kind. */
  draw(at: number | undefined, tokens: number, stream: boolean, random: () => number): Duration | undefined {
    const [own, other] = stream ? [this.stream, this.whole] : [this.whole, this.stream]
    const drawn = own.draw(at, tokens, random)
    if (drawn) return drawn
    const like = other.draw(at, tokens, random)
    // A stream that was never seen begins when the whole answer would have been there, which is the worst of it.
    return like && { ...like, firstMs: stream ? like.ms : 0 }
  }
}
