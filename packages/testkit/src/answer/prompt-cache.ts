const limit = 1_000

/** Remembers the last 1,000 prompt prefixes, so that the second request with a prefix reports cached tokens. */
export class PromptCache {
  readonly #seen = new Set<string>()

  /** Whether the prefix was seen before; remembers it. */
  touch(prefix: string): boolean {
    const hit = this.#seen.delete(prefix)
    this.#seen.add(prefix)
    if (this.#seen.size > limit) {
      for (const oldest of this.#seen) {
        this.#seen.delete(oldest)
        break
      }
    }
    return hit
  }

  clear(): void {
    this.#seen.clear()
  }
}
