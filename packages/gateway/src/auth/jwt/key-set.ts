import type { JWK } from 'jose'
import { createError, type SluiceError } from 'sluice/internal'

/** A JSON document by URL, bounded in bytes and time; a form is posted. Rejects on any status but 2xx. */
export type FetchJson = (
  url: string,
  headers?: Readonly<Record<string, string>>,
  form?: Readonly<Record<string, string>>,
) => Promise<unknown>

export interface KeySetOptions {
  readonly fetchJson: FetchJson
  readonly now: () => number
}

/** What the keys of one list of addresses are, as they were last read. */
interface Reading {
  readonly keys: readonly JWK[]
  readonly text: string
  readonly readAt: number
}

/** An unknown key makes us look again, but not more often than this. */
const LEAST_BETWEEN_MS = 10_000
const MOST_KEYS = 1_000

/**
 * Public keys of those whose tokens count. Read when they are first asked for, again after `ttlMs` in the background,
 * and once more when a token names a key that is not there. While their source is down those that are known go on.
 */
export class KeySet {
  readonly #options: KeySetOptions
  readonly #readings = new Map<string, Reading>()
  readonly #attempts = new Map<string, { readonly at: number; readonly failed: boolean }>()
  readonly #running = new Map<string, Promise<void>>()
  #epoch = 0

  constructor(options: KeySetOptions) {
    this.#options = options
  }

  /** Grows whenever a key was added or has gone. */
  get epoch(): number {
    return this.#epoch
  }

  /**
   * The keys a token may have been signed with. Rejects with `ServiceUnavailableError` when there is none and one of the
   * sources cannot say; with an empty list nobody knows the key.
   */
  async find(urls: readonly string[], kid: string | undefined, ttlMs: number): Promise<readonly JWK[]> {
    this.#forgetOthers(urls)
    await Promise.all(urls.map(url => this.#ensure(url, ttlMs)))
    const found = this.#matching(urls, kid)
    if (found.length > 0) return found
    await Promise.all(urls.map(url => this.#readAgain(url)))
    const now = this.#matching(urls, kid)
    if (now.length === 0 && urls.some(url => this.#attempts.get(url)?.failed)) throw unavailable()
    return now
  }

  /** Addresses change by a reload only; what is no longer asked is no longer kept. */
  #forgetOthers(urls: readonly string[]): void {
    for (const url of this.#attempts.keys()) {
      if (urls.includes(url)) continue
      this.#readings.delete(url)
      this.#attempts.delete(url)
      this.#epoch++
    }
  }

  #matching(urls: readonly string[], kid: string | undefined): readonly JWK[] {
    const keys = urls.flatMap(url => this.#readings.get(url)?.keys ?? [])
    return kid === undefined ? keys : keys.filter(key => key.kid === kid)
  }

  async #ensure(url: string, ttlMs: number): Promise<void> {
    const reading = this.#readings.get(url)
    if (reading === undefined) await this.#readAgain(url)
    else if (this.#options.now() - reading.readAt > ttlMs) void this.#readAgain(url)
  }

  /** Everybody who wants it waits for the same answer. */
  #readAgain(url: string): Promise<void> {
    const last = this.#attempts.get(url)
    if (last !== undefined && this.#options.now() - last.at < LEAST_BETWEEN_MS)
      return this.#running.get(url) ?? Promise.resolve()
    const running = this.#running.get(url)
    if (running !== undefined) return running
    const reading = this.#read(url).finally(() => this.#running.delete(url))
    this.#running.set(url, reading)
    return reading
  }

  async #read(url: string): Promise<void> {
    const at = this.#options.now()
    this.#attempts.set(url, { at, failed: this.#attempts.get(url)?.failed ?? true })
    try {
      const keys = keysOf(await this.#document(url))
      const text = JSON.stringify(keys)
      if (this.#readings.get(url)?.text !== text) this.#epoch++
      this.#readings.set(url, { keys, text, readAt: at })
      this.#attempts.set(url, { at, failed: false })
    } catch {
      // Which one is down, and why, `find` cannot tell a client; what matters to it is that nobody can say.
      this.#attempts.set(url, { at, failed: true })
    }
  }

  /** The keys themselves, or a discovery document that says where they are. */
  async #document(url: string): Promise<unknown> {
    const document = await this.#options.fetchJson(url)
    const uri = (document as { readonly jwks_uri?: unknown } | null)?.jwks_uri
    return typeof uri === 'string' ? await this.#options.fetchJson(uri) : document
  }
}

/** Only keys that check signatures, never one that is shared in secret. */
function keysOf(document: unknown): readonly JWK[] {
  const keys = (document as { readonly keys?: unknown } | null)?.keys
  if (!Array.isArray(keys)) throw new TypeError('no key set')
  return keys
    .slice(0, MOST_KEYS)
    .filter(
      (key): key is JWK =>
        typeof key === 'object' &&
        key !== null &&
        ['RSA', 'EC', 'OKP'].includes((key as JWK).kty ?? '') &&
        ((key as JWK).use ?? 'sig') === 'sig',
    )
}

function unavailable(): SluiceError {
  return createError({
    kind: 'unavailable',
    type: 'auth_error',
    message: 'The keys that tokens are signed with cannot be read at the moment. Retry shortly.',
  })
}
