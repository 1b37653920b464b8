interface Node<V> {
  readonly key: string
  value: V
  used: boolean
  slot: number
}

export interface BoundedMapOptions<V> {
  /** Entries kept. */
  readonly most: number
  /** Entries for which this is false stay; only they may push the map beyond `most`. */
  readonly mayEvict?: (value: V) => boolean
}

/** How many entries one insertion may examine before it evicts one that is marked, or grows the map. */
const PATIENCE = 256

/**
 * A map that forgets what was least recently used, approximately (the CLOCK algorithm: a read sets a mark, the hand
 * clears marks and evicts the first unmarked entry). Reads cost one map look-up; nothing is re-linked.
 */
export class BoundedMap<V> {
  readonly #nodes = new Map<string, Node<V>>()
  readonly #ring: Node<V>[] = []
  readonly #most: number
  readonly #mayEvict: (value: V) => boolean
  #hand = 0

  constructor(options: BoundedMapOptions<V>) {
    this.#most = options.most
    this.#mayEvict = options.mayEvict ?? (() => true)
  }

  get size(): number {
    return this.#nodes.size
  }

  get(key: string): V | undefined {
    const node = this.#nodes.get(key)
    if (node === undefined) return undefined
    node.used = true
    return node.value
  }

  set(key: string, value: V): void {
    const present = this.#nodes.get(key)
    if (present !== undefined) {
      present.value = value
      return
    }
    if (this.#ring.length >= this.#most) this.#evict()
    if (this.#ring.length >= this.#most) this.#evict()
    const node: Node<V> = { key, value, used: false, slot: this.#ring.length }
    this.#nodes.set(key, node)
    this.#ring.push(node)
  }

  delete(key: string): boolean {
    const node = this.#nodes.get(key)
    if (node === undefined) return false
    this.#remove(node)
    return true
  }

  clear(): void {
    this.#nodes.clear()
    this.#ring.length = 0
  }

  *values(): Iterable<V> {
    for (const node of this.#ring) yield node.value
  }

  /** Shows the next `count` entries to `drop` and removes those it answers true for: clearing out, a little at a time. */
  sweep(count: number, drop: (value: V) => boolean): void {
    for (let left = Math.min(count, this.#ring.length); left > 0; left--) {
      const node = this.#next()
      if (node !== undefined && drop(node.value)) this.#remove(node)
    }
  }

  #evict(): void {
    let candidate: Node<V> | undefined
    for (let tries = 0; tries < PATIENCE; tries++) {
      const node = this.#next()
      if (node === undefined || !this.#mayEvict(node.value)) continue
      candidate = node
      if (!node.used) break
      node.used = false
    }
    if (candidate !== undefined) this.#remove(candidate)
  }

  #next(): Node<V> | undefined {
    if (this.#hand >= this.#ring.length) this.#hand = 0
    return this.#ring[this.#hand++]
  }

  #remove(node: Node<V>): void {
    this.#nodes.delete(node.key)
    const last = this.#ring.pop()
    if (last === undefined || last === node) return
    this.#ring[node.slot] = last
    last.slot = node.slot
  }
}
