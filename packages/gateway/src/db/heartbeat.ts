import { inTime } from './in-time.ts'

/**
 * What is known of the database: `slow` answers, but takes longer than a second for nothing at all; `read-only` answers
 * and takes no writes; `disconnected` refuses, or has been silent for five seconds.
 */
export interface DatabaseCondition {
  readonly state: 'connected' | 'slow' | 'read-only' | 'disconnected'
  /** Milliseconds of the last answer, or of the wait for the one that is due. */
  readonly answerMs: number
}

export interface HeartbeatOptions {
  /** Asks for next to nothing; says whether writes are refused. */
  readonly beat: () => Promise<{ readonly readOnly: boolean }>
  /** The database is found dead by its silence: connections to it are worth nothing. */
  readonly onSilence?: () => void
}

const EVERY_MS = 1_000
/** After a failure: one refusal may be a restart of a pooler, two are an outage. */
const AGAIN_MS = 250
const FAILURES = 2
const WHILE_AWAY_MS = 500
const SLOW_MS = 1_000
const SILENT_MS = 5_000

/**
 * Asks the database every second whether it is there, so that nobody else has to wait to find out. It is gone after two
 * refusals in a row or one silence of five seconds, and back with the first answer.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  #timer: NodeJS.Timeout | undefined
  #askedAt: number | undefined
  #answerMs = 0
  #failures = 0
  #away = false
  #readOnly = false
  #stopped = false

  constructor(options: HeartbeatOptions) {
    this.#options = options
  }

  start(): void {
    void this.#beat()
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  condition(): DatabaseCondition {
    const waited = this.#askedAt === undefined ? 0 : performance.now() - this.#askedAt
    const answerMs = Math.round(Math.max(waited, this.#answerMs))
    if (this.#away) return { state: 'disconnected', answerMs }
    if (answerMs >= SLOW_MS) return { state: 'slow', answerMs }
    return { state: this.#readOnly ? 'read-only' : 'connected', answerMs }
  }

  async #beat(): Promise<void> {
    const began = performance.now()
    this.#askedAt = began
    let isSilent = false
    try {
      const answer = await inTime(this.#options.beat(), SILENT_MS, () => {
        isSilent = true
        return new Error('the database is silent')
      })
      this.#failures = 0
      this.#away = false
      this.#readOnly = answer.readOnly
    } catch {
      // Why it failed was told by the connection; here it counts that it did.
      this.#failures++
      this.#away ||= isSilent || this.#failures >= FAILURES
      if (isSilent) this.#options.onSilence?.()
    }
    this.#askedAt = undefined
    this.#answerMs = performance.now() - began
    if (this.#stopped) return
    const wait = this.#away ? WHILE_AWAY_MS : this.#failures > 0 ? AGAIN_MS : EVERY_MS
    this.#timer = setTimeout(() => void this.#beat(), wait).unref()
  }
}
