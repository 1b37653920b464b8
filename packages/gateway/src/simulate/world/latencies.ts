import { oneOf, Reservoir } from './luck.ts'
import { type Stretches, Timeline } from './timeline.ts'

/** How long one answer took. */
export interface Duration {
  readonly ms: number
  /** Milliseconds to the first token; 0 for an answer that was no stream. */
  readonly firstMs: number
  /** Tokens of the answer. */
  readonly tokens: number
}

const KEPT = 512
const KEPT_OF_STRETCH = 24
/** So many answers of about the same time are enough to go by. */
const ENOUGH = 12
const FEWEST = 4
const NEARBY_MS = 10 * 60_000
/** Of so many drawn by chance the one nearest in size is taken. */
const DRAWN = 4
/** What is said of another size is at most so many times what was seen. */
const STRETCHED = 4

/**
 * How long the answers of one deployment took, by the time of day and by their size. One is drawn as it was seen; for
 * another size its tokens are given the time that tokens took on the whole.
 */
export class Latencies {
  count = 0
  private readonly kept = new Reservoir<Duration>(KEPT)
  private readonly byTime: Timeline<Reservoir<Duration>>
  private readonly perToken = new Slope()

  constructor(stretches: Stretches) {
    this.byTime = new Timeline(stretches, () => new Reservoir<Duration>(KEPT_OF_STRETCH))
  }

  add(at: number, duration: Duration, random: () => number): void {
    this.count++
    this.kept.add(duration, random)
    this.byTime.at(at).add(duration, random)
    this.perToken.add(duration.tokens, duration.ms - duration.firstMs)
  }

  /** A duration of an answer with so many tokens at that time, or at any; undefined when none was ever seen. */
  draw(at: number | undefined, tokens: number, random: () => number): Duration | undefined {
    if (this.count === 0) return undefined
    const near = at === undefined ? [] : this.byTime.around(at, NEARBY_MS, found => sizeOf(found) >= ENOUGH)
    const isEnough = sizeOf(near) >= FEWEST
    let drawn: Duration | undefined
    for (let turn = 0; turn < DRAWN; turn++) {
      const from = isEnough ? oneOfAll(near, random) : oneOf(this.kept.items, random)
      if (drawn === undefined || apart(from, tokens) < apart(drawn, tokens)) drawn = from
    }
    return drawn && this.scaled(drawn, tokens)
  }

  private scaled({ ms, firstMs, tokens: seen }: Duration, tokens: number): Duration {
    const rest = ms - firstMs
    const asked = rest + this.perToken.value * (tokens - seen)
    const within = Math.min(Math.max(asked, rest / STRETCHED), rest * STRETCHED)
    return { ms: firstMs + within, firstMs, tokens }
  }
}

function sizeOf(reservoirs: readonly Reservoir<Duration>[]): number {
  let size = 0
  for (const { items } of reservoirs) size += items.length
  return size
}

function oneOfAll(reservoirs: readonly Reservoir<Duration>[], random: () => number): Duration {
  let at = Math.floor(random() * sizeOf(reservoirs))
  for (const { items } of reservoirs) {
    if (at < items.length) return items[at] as Duration
    at -= items.length
  }
  return oneOf((reservoirs[0] as Reservoir<Duration>).items, random)
}

/** How far two sizes are apart, as a ratio. */
function apart({ tokens: a }: Duration, b: number): number {
  return Math.abs(Math.log((a + 1) / (b + 1)))
}

/** The slope of a line through points, by least squares; never below 0. */
class Slope {
  private count = 0
  private x = 0
  private y = 0
  private xx = 0
  private xy = 0

  add(x: number, y: number): void {
    this.count++
    this.x += (x - this.x) / this.count
    this.y += (y - this.y) / this.count
    this.xx += (x * x - this.xx) / this.count
    this.xy += (x * y - this.xy) / this.count
  }

  get value(): number {
    const spread = this.xx - this.x * this.x
    // Sizes that hardly differ say nothing about size.
    if (spread < 1 || spread < 1e-6 * this.xx) return 0
    return Math.max(0, (this.xy - this.x * this.y) / spread)
  }
}
