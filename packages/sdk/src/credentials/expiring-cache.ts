/** Something that is only good until a moment. */
export interface Expiring {
  /** Milliseconds since the epoch; absent when it does not expire by itself. */
  readonly expiresAt?: number | undefined
}

/** Renewed this long before it expires, so that a request on its way does not arrive too late. */
const MARGIN_MS = 300_000
/** What does not say when it expires is asked for again after this long. */
const DEFAULT_LIFE_MS = 600_000
const MOST_ENTRIES = 1_000

/**
 * Keeps tokens until shortly before they expire, with one request in flight per key. At most 1,000 keys: the one that
 * was used longest ago goes first.
 */
export class ExpiringCache<Value extends Expiring> {
  private readonly entries = new Map<string, { readonly value: Value; readonly until: number }>()
  private readonly pending = new Map<string, Promise<Value>>()

  /**
   * The value of a key, loaded when there is none that lasts. A failed load is told to all who wait, and not kept; while
   * the value before is still good, it serves once more.
   */
  async get(key: string, now: number, load: () => Promise<Value>): Promise<Value> {
    const kept = this.entries.get(key)
    if (kept && kept.until > now) {
      this.entries.delete(key)
      this.entries.set(key, kept)
      return kept.value
    }
    const running = this.pending.get(key)
    if (running) return running
    const loading = load().then(value => {
      this.keep(key, value, now)
      return value
    })
    const before = kept?.value
    const isGood = before?.expiresAt !== undefined && before.expiresAt > now
    const served = isGood ? loading.catch(() => before) : loading
    this.pending.set(key, served)
    try {
      return await served
    } finally {
      this.pending.delete(key)
    }
  }

  private keep(key: string, value: Value, now: number): void {
    const { expiresAt } = value
    const until = expiresAt === undefined ? now + DEFAULT_LIFE_MS : expiresAt - marginOf(expiresAt - now)
    this.entries.delete(key)
    this.entries.set(key, { value, until })
    const oldest = this.entries.keys().next()
    if (this.entries.size > MOST_ENTRIES && !oldest.done) this.entries.delete(oldest.value)
  }
}

/** Tokens that live only for minutes are used for most of their life. */
function marginOf(life: number): number {
  return Math.min(MARGIN_MS, life / 5)
}
