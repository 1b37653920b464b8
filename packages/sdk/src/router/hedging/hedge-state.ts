import { ShareBudget } from '../retry/share-budget.ts'
import { RecentDurations } from './recent-durations.ts'

/** When a second request is sent although the first one is still under way. */
export interface HedgingSettings {
  /** After the time within which this share of the group's recent answers came: 0.95. */
  readonly percentile: number
  /** Hedges as a share of a group's calls; 0.05 unless stated. */
  readonly maxShare?: number | undefined
  /** Most dollars one hedge may cost: its prompt and the longest answer it may get. No limit unless stated. */
  readonly maxCostUsd?: number | undefined
}

const DEFAULT_SHARE = 0.05
/** Hedges a group may send at once, whatever its traffic. */
const BURST = 5

/** What hedging knows of one group. */
export class HedgeState {
  readonly whole = new RecentDurations()
  readonly stream = new RecentDurations()
  readonly budget: ShareBudget

  constructor({ maxShare = DEFAULT_SHARE }: HedgingSettings) {
    this.budget = new ShareBudget(maxShare, BURST)
  }
}
