import type { RecordedRequest } from './recorded-request.ts'

const abortLimit = 1_000

/** A response that the client cut. */
export interface AbortedResponse {
  readonly path: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Milliseconds between the request's end and the cut. */
  readonly afterMs: number
}

/** What an upstream has seen; lets a test wait for it without polling. */
export class Journal {
  readonly requests: RecordedRequest[] = []
  readonly aborted: AbortedResponse[] = []
  connections = 0
  readonly #limit: number
  readonly #watchers = new Set<() => void>()

  constructor(limit = 1_000) {
    this.#limit = limit
  }

  /** Whether requests are remembered at all. */
  get isRecording(): boolean {
    return this.#limit > 0
  }

  record(request: RecordedRequest): void {
    this.requests.push(request)
    if (this.requests.length > this.#limit) this.requests.shift()
    this.changed()
  }

  abort(response: AbortedResponse): void {
    this.aborted.push(response)
    if (this.aborted.length > abortLimit) this.aborted.shift()
    this.changed()
  }

  connected(): void {
    this.connections++
    this.changed()
  }

  disconnected(): void {
    this.connections--
    this.changed()
  }

  clear(): void {
    this.requests.length = 0
    this.aborted.length = 0
  }

  changed(): void {
    for (const watcher of this.#watchers) watcher()
  }

  until(condition: () => boolean, timeoutMs = 5_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#watchers.delete(look)
        reject(
          new Error(
            `The upstream did not come to what was waited for within ${timeoutMs} ms: ${String(condition)}`,
          ),
        )
      }, timeoutMs)
      const look = () => {
        if (!condition()) return
        clearTimeout(timer)
        this.#watchers.delete(look)
        resolve()
      }
      this.#watchers.add(look)
      look()
    })
  }
}
