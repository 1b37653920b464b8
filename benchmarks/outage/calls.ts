import { Pool } from 'undici'

export interface Answered {
  readonly count: number
  readonly failed: number
  /** What the gateway said the answered calls cost. */
  readonly nanoUsd: number
}

const MOST_AT_ONCE = 2_000

/** Calls at a fixed rate, and what came of them. */
export class Calls {
  readonly #pool: Pool
  readonly #headers: Record<string, string>
  #count = 0
  #failed = 0
  #nanoUsd = 0

  constructor(url: string, key: string) {
    this.#pool = new Pool(url, { connections: 128 })
    this.#headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  }

  get answered(): Answered {
    return { count: this.#count, failed: this.#failed, nanoUsd: this.#nanoUsd }
  }

  /**
   * For so many milliseconds; gives the 99th percentile of the milliseconds they took. A machine too slow for the rate gets
   * fewer calls, at most so many at once, not more time.
   */
  async at(perSecond: number, ms: number): Promise<number> {
    const began = performance.now()
    const times: number[] = []
    const flying = new Set<Promise<void>>()
    let sent = 0
    await new Promise<void>(done => {
      const timer = setInterval(() => {
        const passed = performance.now() - began
        for (const due = (Math.min(passed, ms) * perSecond) / 1_000; sent < due; sent++) {
          if (flying.size >= MOST_AT_ONCE) break
          const call = this.#one(times).finally(() => flying.delete(call))
          flying.add(call)
        }
        if (passed < ms) return
        clearInterval(timer)
        done()
      }, 4)
    })
    await Promise.all(flying)
    return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN
  }

  async close(): Promise<void> {
    await this.#pool.close()
  }

  async #one(times: number[]): Promise<void> {
    const began = performance.now()
    const { statusCode, headers, body } = await this.#pool.request({
      path: '/v1/chat/completions',
      method: 'POST',
      headers: this.#headers,
      body: JSON.stringify({
        model: 'm',
        messages: [{ role: 'user', content: 'What is the time in Rome?' }],
      }),
    })
    await body.dump()
    times.push(performance.now() - began)
    if (statusCode !== 200) this.#failed++
    else {
      this.#count++
      this.#nanoUsd += Math.round(Number(headers['x-litellm-response-cost']) * 1e9)
    }
  }
}
