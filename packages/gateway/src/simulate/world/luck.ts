/** Numbers between 0 and 1, always the same row of them for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  // mulberry32: https://github.com/bryc/code/blob/master/jshash/PRNGs.md
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** FNV-1a, 32 bits, on from `hash`. */
export function hashOf(text: string, hash = 0x811c9dc5): number {
  let mixed = hash
  for (let index = 0; index < text.length; index++)
    mixed = Math.imul(mixed ^ text.charCodeAt(index), 0x01000193)
  return mixed >>> 0
}

/** One of the items, each as likely; there must be one. */
export function oneOf<T>(items: readonly T[], random: () => number): T {
  return items[Math.min(Math.floor(random() * items.length), items.length - 1)] as T
}

/** Keeps so many of all that pass by, each as likely to be kept. */
export class Reservoir<T> {
  readonly items: T[] = []
  private readonly size: number
  private seen = 0

  constructor(size: number) {
    this.size = size
  }

  add(item: T, random: () => number): void {
    this.seen++
    if (this.items.length < this.size) this.items.push(item)
    else {
      const at = Math.floor(random() * this.seen)
      if (at < this.size) this.items[at] = item
    }
  }
}
