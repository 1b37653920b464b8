import { badRequest } from '../../errors.ts'

/** Weight by deployment id; `null` goes back to what is configured. */
export type WeightChanges = Readonly<Record<string, number | null>>

/** What holds for one deployment while the router runs, over its configuration. */
export interface LiveWeight {
  readonly board: LiveWeights
  /** Stands in place of the configured weight. */
  readonly set: number | undefined
  /** Multiplies whichever weight holds; 1 unless adaptive weights found another. */
  readonly factor: number
}

type Entry = { -readonly [Key in keyof LiveWeight]: LiveWeight[Key] }

export const MOST_WEIGHT = 1_000_000

/** Weights by deployment id that may change at any time. A choice reads them as they are; calls under way stay. */
export class LiveWeights {
  /** Grows with every change, so that what was derived from weights can be kept until the next one. */
  version = 0
  /** True while a deployment is set to 0. */
  hasDrained = false
  private readonly entries = new Map<string, Entry>()

  /** The weight of one deployment; the same object as long as it is configured. */
  of(id: string): LiveWeight {
    return this.entry(id)
  }

  /** What was set, by deployment id; ids that are not configured are among them. */
  all(): ReadonlyMap<string, number> {
    const all = new Map<string, number>()
    for (const [id, { set }] of this.entries) if (set !== undefined) all.set(id, set)
    return all
  }

  /** Sets some weights and leaves the others. Throws `BadRequestError` that names the weight at fault, before any change. */
  change(changes: WeightChanges): void {
    const all = new Map(this.all())
    for (const [id, weight] of Object.entries(changes)) {
      checkWeight(id, weight)
      if (weight === null) all.delete(id)
      else all.set(id, weight)
    }
    this.replace(all)
  }

  /** These are set and no others. */
  replace(all: ReadonlyMap<string, number>): void {
    const ids = new Set([...this.entries.keys(), ...all.keys()])
    for (const id of ids) this.assign(id, 'set', all.get(id))
    this.hasDrained = [...this.entries.values()].some(({ set }) => set === 0)
  }

  /** These are the factors; 1 for all others. */
  replaceFactors(factors: ReadonlyMap<string, number>): void {
    for (const id of this.entries.keys()) this.assign(id, 'factor', rounded(factors.get(id) ?? 1))
  }

  /** Forgets deployments that are no longer configured, but not what was set for them. */
  keep(ids: ReadonlySet<string>): void {
    for (const [id, { set }] of this.entries) if (set === undefined && !ids.has(id)) this.entries.delete(id)
  }

  private assign<Key extends 'set' | 'factor'>(id: string, key: Key, value: Entry[Key]): void {
    const entry = this.entry(id)
    if (entry[key] === value) return
    entry[key] = value
    this.version++
  }

  private entry(id: string): Entry {
    let entry = this.entries.get(id)
    if (entry === undefined) this.entries.set(id, (entry = { board: this, set: undefined, factor: 1 }))
    return entry
  }
}

/** To three digits: what moves less is no change, for which sums would be made anew. */
function rounded(factor: number): number {
  return Number(factor.toPrecision(3))
}

/** Throws `BadRequestError` unless a weight is a number from 0 to a million, or `null`. */
export function checkWeight(id: string, weight: number | null): void {
  if (weight === null || (weight >= 0 && weight <= MOST_WEIGHT)) return
  const name = `weights.${id}`
  throw badRequest(
    `${name}: must be a number from 0 to ${MOST_WEIGHT}, or null for the configured one.`,
    name,
  )
}

/** Throws `BadRequestError` unless a deployment has the id. */
export function checkId(id: string, known: ReadonlySet<string>): void {
  if (known.has(id)) return
  const name = `weights.${id}`
  throw badRequest(
    `${name}: no deployment has this id. Name one by its model_info.id; /model/info lists them.`,
    name,
  )
}
