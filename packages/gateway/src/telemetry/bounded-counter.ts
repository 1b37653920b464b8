import { Family } from './exposition.ts'
import type { MetricFact } from './metric-source.ts'

/** Combinations of labels kept apart; what comes beyond is counted where every label says `other`. */
const MOST_SERIES = 2_000

/** A counter with labels. */
export class BoundedCounter {
  private readonly fact: MetricFact
  private readonly series = new Map<string, { readonly values: readonly string[]; count: number }>()

  constructor(fact: MetricFact) {
    this.fact = fact
  }

  /** `values` in the order of the metric's labels; what is not known is `None`, as in LiteLLM. */
  count(values: readonly (string | undefined)[]): void {
    const known = values.map(value => value || 'None')
    const key = known.join('\0')
    const isNew = !this.series.has(key)
    if (isNew && this.series.size >= MOST_SERIES)
      return this.add(
        'other',
        known.map(() => 'other'),
      )
    this.add(key, known)
  }

  toString(): string {
    const { name, help, type, labels } = this.fact
    const family = new Family(name, help, type)
    for (const { values, count } of this.series.values())
      family.sample(Object.fromEntries(labels.map((label, index) => [label, values[index] ?? 'None'])), count)
    return family.toString()
  }

  private add(key: string, values: readonly string[]): void {
    const series = this.series.get(key)
    if (series) series.count++
    else this.series.set(key, { values, count: 1 })
  }
}
