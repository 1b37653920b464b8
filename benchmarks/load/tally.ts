import type { Reply } from './connection.ts'
import type { LoadResult, Percentiles } from './protocol.ts'

/** Adds up the replies of one command. */
export class Tally {
  readonly #latencies: number[] = []
  readonly #firstBytes: number[] = []
  readonly #began = performance.now()
  readonly #cpu = process.cpuUsage()
  #ended = this.#began
  #errors = 0
  #firstError: string | undefined
  #bodyBytes = 0

  reply(reply: Reply, since: number): void {
    this.#ended = reply.endedAt
    if (reply.status !== 200) {
      this.fail(`status ${reply.status}: ${reply.excerpt.slice(0, 200)}`)
      return
    }
    this.#bodyBytes += reply.bodyBytes
    this.#latencies.push(reply.endedAt - since)
    this.#firstBytes.push(reply.firstByteAt - since)
  }

  fail(message: string): void {
    this.#errors++
    this.#firstError ??= message
  }

  result(): LoadResult {
    const { user, system } = process.cpuUsage(this.#cpu)
    return {
      requests: this.#latencies.length,
      errors: this.#errors,
      ...(this.#firstError !== undefined && { firstError: this.#firstError }),
      seconds: (this.#ended - this.#began) / 1_000,
      latency: percentiles(this.#latencies),
      firstByte: percentiles(this.#firstBytes),
      bodyBytes: this.#bodyBytes,
      cpuSeconds: (user + system) / 1e6,
    }
  }
}

function percentiles(values: readonly number[]): Percentiles {
  const sorted = Float64Array.from(values).sort()
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return { p50: at(0.5), p99: at(0.99) }
}
