import { chargedUsage } from '../../callbacks/charge.ts'
import { addUsage } from '../../models/sums.ts'
import type { Meter } from '../../types/meter.ts'
import type { Usage } from '../../types/usage.ts'

/** What is known of an answer that several deployments wrote, one after the other. */
export class LegsMeter implements Meter {
  private readonly legs: Meter[]
  private readonly promptTokens: () => number

  /** `promptTokens`: our count, for a deployment that does not tell. */
  constructor(first: Meter, promptTokens: () => number) {
    this.legs = [first]
    this.promptTokens = promptTokens
  }

  add(leg: Meter): void {
    this.legs.push(leg)
  }

  /** Of one deployment alone what it tells; of several their sum, estimated where one did not tell. */
  get usage(): Usage | undefined {
    const last = this.legs.at(-1) as Meter
    return this.legs.length === 1 ? last.usage : this.withLast(this.charged(last))
  }

  /** The sum, given what the last one tells. */
  withLast(own: Usage): Usage {
    return this.legs.slice(0, -1).reduceRight((sum, leg) => addUsage(this.charged(leg), sum), own)
  }

  get isPartial(): boolean {
    return this.legs.some(({ usage, isPartial }) => usage === undefined || isPartial === true)
  }
  get id() {
    return this.legs[0]?.id
  }
  get serviceTier() {
    return this.legs.at(-1)?.serviceTier
  }
  get textLength() {
    return this.legs.reduce((sum, leg) => sum + leg.textLength, 0)
  }

  private charged(leg: Meter): Usage {
    return chargedUsage(leg, { promptTokens: leg.usage ? 0 : this.promptTokens() })
  }
}
