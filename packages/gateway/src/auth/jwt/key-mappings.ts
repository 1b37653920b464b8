import type { KeyMappingStore } from '../../db/sign-in/key-mapping-store.ts'
import { BoundedMap } from '../../limits/bounded-map.ts'

export interface KeyMappingServices {
  readonly store: Pick<KeyMappingStore, 'find'>
  readonly now: () => number
  /** Makes a key and its mapping; gives the key's hash. */
  readonly register: (claimName: string, claimValue: string, subject: string) => Promise<string>
}

const MOST_KNOWN = 50_000
/** A claim without a key is asked for again soon: somebody may be about to give it one. */
const MISS_MS = 5_000

/** Which virtual key a claim stands for, remembered for a time. */
export class KeyMappings {
  readonly #services: KeyMappingServices
  readonly #known = new BoundedMap<{ readonly tokenHash: string | undefined; readonly until: number }>({
    most: MOST_KNOWN,
  })

  constructor(services: KeyMappingServices) {
    this.#services = services
  }

  /** Undefined: it has none, or it is switched off. Rejects with `ServiceUnavailableError`. */
  async find(claimName: string, claimValue: string, ttlMs: number): Promise<string | undefined> {
    const { store, now } = this.#services
    const name = `${claimName}\n${claimValue}`
    const known = this.#known.get(name)
    if (known !== undefined && now() < known.until) return known.tokenHash
    const row = await store.find(claimName, claimValue)
    const tokenHash = row?.isActive ? row.tokenHash : undefined
    this.#known.set(name, { tokenHash, until: now() + (tokenHash === undefined ? MISS_MS : ttlMs) })
    return tokenHash
  }

  async register(claimName: string, claimValue: string, subject: string): Promise<string> {
    const tokenHash = await this.#services.register(claimName, claimValue, subject)
    this.forget(claimName, claimValue)
    return tokenHash
  }

  /** After a change made by this process. */
  forget(claimName: string, claimValue: string): void {
    this.#known.delete(`${claimName}\n${claimValue}`)
  }
}
