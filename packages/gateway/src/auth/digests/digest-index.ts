const SMALLEST = 1024

/**
 * A map from digests to the places they name. A digest is random, so a part of it is its own hash, and one number tells
 * nearly all strangers apart: among a million a look-up takes half the time of a `Map`, which hashes all of the text and
 * follows chains. Other names work too, and cost more.
 */
export class DigestIndex<P extends { readonly key: string }> {
  #tags = new Int32Array(SMALLEST)
  #places: (P | undefined)[] = new Array<P | undefined>(SMALLEST).fill(undefined)
  #size = 0

  get size(): number {
    return this.#size
  }

  get(key: string): P | undefined {
    return this.#places[this.#find(key, tagOf(key))]
  }

  set(key: string, place: P): void {
    const tag = tagOf(key)
    const at = this.#find(key, tag)
    if (this.#places[at] === undefined) this.#size++
    this.#tags[at] = tag
    this.#places[at] = place
    if (this.#size * 2 > this.#tags.length) this.#grow()
  }

  delete(key: string): boolean {
    let hole = this.#find(key, tagOf(key))
    if (this.#places[hole] === undefined) return false
    const tags = this.#tags
    const mask = tags.length - 1
    // Whoever stands behind, and could not get closer to where it belongs, moves up.
    for (let next = (hole + 1) & mask; tags[next] !== 0; next = (next + 1) & mask) {
      const away = (next - (tags[next] as number)) & mask
      if (away < ((next - hole) & mask)) continue
      this.#put(hole, tags[next] as number, this.#places[next])
      hole = next
    }
    this.#put(hole, 0, undefined)
    this.#size--
    return true
  }

  clear(): void {
    this.#tags = new Int32Array(SMALLEST)
    this.#places = new Array<P | undefined>(SMALLEST).fill(undefined)
    this.#size = 0
  }

  /** Where the key stands, or else the free position where it would. */
  #find(key: string, tag: number): number {
    const tags = this.#tags
    const mask = tags.length - 1
    let at = tag & mask
    for (; tags[at] !== 0; at = (at + 1) & mask)
      if (tags[at] === tag && this.#places[at]?.key === key) return at
    return at
  }

  #grow(): void {
    const [tags, places] = [this.#tags, this.#places]
    this.#tags = new Int32Array(tags.length * 2)
    this.#places = new Array<P | undefined>(tags.length * 2).fill(undefined)
    const mask = this.#tags.length - 1
    for (let from = 0; from < tags.length; from++) {
      const tag = tags[from] as number
      if (tag === 0) continue
      let at = tag & mask
      while (this.#tags[at] !== 0) at = (at + 1) & mask
      this.#put(at, tag, places[from])
    }
  }

  #put(at: number, tag: number, place: P | undefined): void {
    this.#tags[at] = tag
    this.#places[at] = place
  }
}

const DIGEST_LENGTH = 64

/** Never 0, which marks a free position. */
function tagOf(key: string): number {
  let tag = 0
  if (key.length === DIGEST_LENGTH)
    for (let i = 0; i < 8; i++) {
      const code = key.charCodeAt(i)
      tag = (tag << 4) ^ ((code & 15) + (code >> 6) * 9)
    }
  else for (let i = 0; i < key.length; i++) tag = Math.imul(tag ^ key.charCodeAt(i), 0x01000193)
  return tag === 0 ? 1 : tag
}
