import type { LoggedFailure } from '../log/logged-call.ts'
import { oneOf, Reservoir } from './luck.ts'
import { type Stretches, Timeline } from './timeline.ts'

/** How one attempt failed, and after how many milliseconds. */
export interface Failed {
  readonly failure: Exclude<LoggedFailure, { kind: 'own' | 'busy' }>
  readonly ms: number
  readonly firstMs: number
}

const KEPT = 64
const KEPT_OF_STRETCH = 8
/** So many attempts of about the same time are enough to go by. */
const ENOUGH = 8
const NEARBY_MS = 5 * 60_000

interface Stretch {
  attempts: number
  failed: number
  readonly kept: Reservoir<Failed>
}

/**
 * How often attempts at one deployment failed and how, over time: what was an outage in the log is one in the replay.
 * Counts are not whole where a failure could have been one of several deployments'.
 */
export class Failures {
  private readonly all: Stretch = { attempts: 0, failed: 0, kept: new Reservoir<Failed>(KEPT) }
  private readonly byTime: Timeline<Stretch>

  constructor(stretches: Stretches) {
    this.byTime = new Timeline(stretches, () => ({
      attempts: 0,
      failed: 0,
      kept: new Reservoir<Failed>(KEPT_OF_STRETCH),
    }))
  }

  /** An attempt began, and failed where `failed` is given; `weight` is how sure it is that it was here. */
  add(at: number, failed: Failed | undefined, random: () => number, weight = 1): void {
    for (const stretch of [this.all, this.byTime.at(at)]) {
      stretch.attempts += weight
      if (failed === undefined) continue
      stretch.failed += weight
      stretch.kept.add(failed, random)
    }
  }

  /** Whether an attempt at that time fails, and how; without a time, as on the average of the whole log. */
  draw(at: number | undefined, random: () => number): Failed | undefined {
    const { all } = this
    if (all.failed === 0) return undefined
    const near =
      at === undefined ? [all] : this.byTime.around(at, NEARBY_MS, found => sum(found, 'attempts') >= ENOUGH)
    const attempts = sum(near, 'attempts')
    const share = attempts > 0 ? sum(near, 'failed') / attempts : all.failed / all.attempts
    if (random() >= share) return undefined
    const kept = near.flatMap(stretch => stretch.kept.items)
    return oneOf(kept.length > 0 ? kept : all.kept.items, random)
  }
}

function sum(stretches: readonly Stretch[], of: 'attempts' | 'failed'): number {
  let total = 0
  for (const stretch of stretches) total += stretch[of]
  return total
}
