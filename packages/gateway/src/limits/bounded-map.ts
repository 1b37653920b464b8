/** One key's place in a map. Whoever keeps more than a value extends it: what is read together lies together. */
export class Place<V> {
  readonly key: string
  value: V
  used = false
  slot = 0

  constructor(key: string, value: V) {
    this.key = key
    this.value = value
  }
}

/** Finds places by their keys; a `Map` is one. */
export interface PlaceIndex<P> {
  readonly size: number
  get(key: string): P | undefined
  set(key: string, place: P): unknown
  delete(key: string): boolean
  clear(): void
}

export interface BoundedMapOptions<V, P extends Place<V> = Place<V>> {
  /** Entries kept. */
  readonly most: number
  /** Entries for which this is false stay; only they may push the map beyond `most`. */
  readonly mayEvict?: (value: V) => boolean
  /** Makes the places; needed where they are more than that. */
  readonly placeOf?: (key: string, value: V) => P
  /** Empty; a `Map` unless stated. */
  readonly index?: PlaceIndex<P> | undefined
}

/** How many entries one insertion may examine before it evicts one that is marked, or grows the map. */
const PATIENCE = 256

/**
 * A map that forgets what was least recently used, approximately (the CLOCK algorithm: a read sets a mark, the hand
 * clears marks and evicts the first unmarked entry). Reads cost one map look-up; nothing is re-linked.
 */
export class BoundedMap<V, P extends Place<V> = Place<V>> {
  readonly #places: PlaceIndex<P>
  readonly #ring: P[] = []
  readonly #most: number
  readonly #mayEvict: (value: V) => boolean
  readonly #placeOf: (key: string, value: V) => P
  #hand = 0

  constructor(options: BoundedMapOptions<V, P>) {
    this.#most = options.most
    this.#places = options.index ?? new Map<string, P>()
    this.#mayEvict = options.mayEvict ?? (() => true)
    this.#placeOf = options.placeOf ?? ((key, value) => new Place(key, value) as P)
  }

  get size(): number {
    return this.#places.size
  }

  get(key: string): V | undefined {
    return this.place(key)?.value
  }

  /** As `get`, with all that is kept. */
  place(key: string): P | undefined {
    const place = this.#places.get(key)
    // Not written where it says so already: most reads leave the processor's caches as they are.
    if (place !== undefined && !place.used) place.used = true
    return place
  }

  /** Returns the key's place. */
  set(key: string, value: V): P {
    const present = this.#places.get(key)
    if (present !== undefined) {
      present.value = value
      return present
    }
    if (this.#ring.length >= this.#most) this.#evict()
    if (this.#ring.length >= this.#most) this.#evict()
    const place = this.#placeOf(key, value)
    place.slot = this.#ring.length
    this.#places.set(key, place)
    this.#ring.push(place)
    return place
  }

  delete(key: string): boolean {
    const place = this.#places.get(key)
    if (place === undefined) return false
    this.#remove(place)
    return true
  }

  clear(): void {
    this.#places.clear()
    this.#ring.length = 0
  }

  *values(): Iterable<V> {
    for (const place of this.#ring) yield place.value
  }

  /** Shows the next `count` entries to `drop` and removes those it answers true for: clearing out, a little at a time. */
  sweep(count: number, drop: (value: V) => boolean): void {
    for (let left = Math.min(count, this.#ring.length); left > 0; left--) {
      const place = this.#next()
      if (place !== undefined && drop(place.value)) this.#remove(place)
    }
  }

  #evict(): void {
    let candidate: P | undefined
    for (let tries = 0; tries < PATIENCE; tries++) {
      const place = this.#next()
      if (place === undefined || !this.#mayEvict(place.value)) continue
      candidate = place
      if (!place.used) break
      place.used = false
    }
    if (candidate !== undefined) this.#remove(candidate)
  }

  #next(): P | undefined {
    if (this.#hand >= this.#ring.length) this.#hand = 0
    return this.#ring[this.#hand++]
  }

  #remove(place: P): void {
    this.#places.delete(place.key)
    const last = this.#ring.pop()
    if (last === undefined || last === place) return
    this.#ring[place.slot] = last
    last.slot = place.slot
  }
}
