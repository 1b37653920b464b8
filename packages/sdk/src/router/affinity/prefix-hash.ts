/** Characters of a request that are hashed closely; after them each text gets a glance. */
const CLOSE_LOOK = 4_096
/** Texts up to this long are hashed whole, as long as there is room for a close look. */
const WHOLE = 512
const WINDOW = 32
const WINDOWS = 16
/** Single characters of a text that only gets a glance. */
const GLANCES = 8

/**
 * A running hash of texts, 53 bits, from which a number can be taken after any of them. Long texts are sampled: their
 * length and windows spread over them; so that a prompt of 100 KB costs some tens of microseconds. Two prompts that
 * differ only between the windows count as one, which may cost a cache hit and nothing else: the hash decides where a
 * call is sent, never what it is answered.
 */
export class PrefixHash {
  private a: number
  private b: number
  private left = CLOSE_LOOK

  constructor(seed: string) {
    this.a = 0xdeadbeef
    this.b = 0x41c6ce57
    this.span(seed, 0, seed.length)
  }

  /** Lengths go in before what they are of: no text can pass for the end of one and the start of another. */
  add(text: string): void {
    if (this.left <= 0) return this.glance(text)
    const { length } = text
    this.mix(length)
    if (length <= WHOLE) {
      this.left -= length
      this.span(text, 0, length)
      return
    }
    this.left -= WINDOWS * WINDOW
    const stride = (length - WINDOW) / (WINDOWS - 1)
    for (let index = 0; index < WINDOWS; index++) {
      const start = Math.floor(index * stride)
      this.span(text, start, start + WINDOW)
    }
  }

  /** A text's length and some of its characters, its first and its last among them. */
  glance(text: string): void {
    const { length } = text
    this.mix(length)
    if (length <= GLANCES) return this.span(text, 0, length)
    const stride = (length - 1) / (GLANCES - 1)
    for (let index = 0; index < GLANCES; index++) this.mix(text.charCodeAt(Math.floor(index * stride)))
  }

  mix(value: number): void {
    this.a = Math.imul(this.a ^ value, 2_654_435_761)
    this.b = Math.imul(this.b ^ value, 1_597_334_677)
  }

  /** The hash of everything so far; more may be added. */
  get value(): number {
    let { a, b } = this
    a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909)
    b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909)
    return 4_294_967_296 * (b & 0x1fffff) + (a >>> 0)
  }

  private span(text: string, start: number, end: number): void {
    let { a, b } = this
    for (let index = start; index < end; index++) {
      const code = text.charCodeAt(index)
      a = Math.imul(a ^ code, 2_654_435_761)
      b = Math.imul(b ^ code, 1_597_334_677)
    }
    // Multiplying only carries upwards: what is high must reach what is low.
    this.a = a ^ (a >>> 15)
    this.b = b ^ (b >>> 14)
  }
}
