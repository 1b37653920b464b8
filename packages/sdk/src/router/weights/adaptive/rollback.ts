import type { AdaptiveSettings } from './settings.ts'
import { type OutcomeSlot, pooledMean, type Share, scoresOf, successesOf } from './stats.ts'

/** A deployment that became worse and is held at its least share. */
export interface Rollback {
  /** Milliseconds since the epoch. */
  readonly since: number
  readonly until: number
  /** In words, for people. */
  readonly reason: string
}

/** A drop is one when it exceeds so many standard deviations: it is looked for every few seconds, and chance has many tries. */
const SURE = 4

/**
 * The rollback in force: the one before while it lasts, or a new one when the newest `minSamples` attempts or scores are
 * worse than those before them by more than `rollbackDrop`. After one, only what came since can start another.
 */
export function rollbackOf(
  slots: readonly OutcomeSlot[],
  settings: AdaptiveSettings,
  before: Rollback | undefined,
  now: number,
): Rollback | undefined {
  if (before && now < before.until) return before
  const reason =
    drop(slots, successesOf, settings, before, (was, is) => {
      return `${percent(1 - is)} of its latest attempts failed, ${percent(1 - was)} before`
    }) ??
    drop(slots, scoresOf, settings, before, (was, is) => {
      return `its latest scores are ${is.toFixed(2)} on average, ${was.toFixed(2)} before`
    })
  return reason === undefined ? undefined : { since: now, until: now + settings.rollbackMs, reason }
}

function drop(
  slots: readonly OutcomeSlot[],
  read: (slots: readonly OutcomeSlot[]) => Share,
  { minSamples, rollbackDrop }: AdaptiveSettings,
  before: Rollback | undefined,
  words: (was: number, is: number) => string,
): string | undefined {
  let cut = 0
  let count = 0
  while (cut < slots.length && count < minSamples) count += read([slots[cut++] as OutcomeSlot]).count
  const oldest = slots[cut - 1]
  if (count < minSamples || oldest === undefined || (before && oldest.at < before.since)) return undefined
  const recent = read(slots.slice(0, cut))
  const earlier = read(slots.slice(cut))
  if (earlier.count < minSamples) return undefined
  const was = pooledMean([earlier])
  const is = recent.sum / recent.count
  const noise = SURE * Math.sqrt((was * (1 - was)) / recent.count)
  return was - is > Math.max(rollbackDrop, noise) ? words(was, is) : undefined
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
