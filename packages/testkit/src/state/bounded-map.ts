/** A map that forgets its oldest entry when it is full. */
export class BoundedMap<K, V> extends Map<K, V> {
  readonly #limit: number

  constructor(limit = 1_000) {
    super()
    this.#limit = limit
  }

  override set(key: K, value: V): this {
    if (!this.has(key) && this.size >= this.#limit) {
      for (const oldest of this.keys()) {
        this.delete(oldest)
        break
      }
    }
    return super.set(key, value)
  }
}
