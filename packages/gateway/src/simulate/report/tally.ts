import { LatencyHistogram } from './latency-histogram.ts'

export interface AnsweredBy {
  readonly id: string
  readonly provider: string
  readonly model: string
}

/** What became of one call, recorded or simulated. */
export interface CallOutcome {
  readonly group: string
  /** Who answered. */
  readonly deployment?: AnsweredBy
  readonly isAnswered: boolean
  readonly ms: number
  readonly firstMs?: number | undefined
  readonly attempts: number
  readonly fallbacks: number
  /** Null where the price is not known. */
  readonly costUsd: number | null
  /** What attempts cost that did not become the answer. */
  readonly wastedUsd?: number
  /** The error's class. */
  readonly failure?: string
  readonly isRateLimited?: boolean
}

/** Names that are told apart; those after them are counted together. */
const MOST_NAMES = 200
const OTHERS = 'others'

/** Sums over calls: of all, or of one group. */
export class CallSums {
  calls = 0
  answered = 0
  costUsd = 0
  unknownCosts = 0
  wastedUsd = 0
  attempts = 0
  /** Calls that were taken to another group. */
  fallbacks = 0
  rateLimited = 0
  /** Of answered calls. */
  readonly latency = new LatencyHistogram()
  /** Of answered streams. */
  readonly first = new LatencyHistogram()

  note(outcome: CallOutcome): void {
    this.calls++
    this.attempts += outcome.attempts
    if (outcome.fallbacks > 0) this.fallbacks++
    if (outcome.isRateLimited) this.rateLimited++
    if (outcome.costUsd === null) this.unknownCosts++
    else this.costUsd += outcome.costUsd
    this.wastedUsd += outcome.wastedUsd ?? 0
    if (!outcome.isAnswered) return
    this.answered++
    this.latency.add(outcome.ms)
    if (outcome.firstMs !== undefined) this.first.add(outcome.firstMs)
  }
}

/** The sums of one column of the report. */
export class Tally {
  readonly all = new CallSums()
  readonly groups = new Map<string, CallSums>()
  /** Answers by deployment. */
  readonly answers = new Map<string, { readonly by: AnsweredBy; count: number }>()
  readonly failures = new Map<string, number>()

  note(outcome: CallOutcome): void {
    this.all.note(outcome)
    const name = within(this.groups, outcome.group)
    let group = this.groups.get(name)
    if (group === undefined) this.groups.set(name, (group = new CallSums()))
    group.note(outcome)
    if (outcome.deployment) this.noteAnswer(outcome.deployment)
    if (outcome.failure === undefined) return
    const failure = within(this.failures, outcome.failure)
    this.failures.set(failure, (this.failures.get(failure) ?? 0) + 1)
  }

  private noteAnswer(by: AnsweredBy): void {
    const key = within(this.answers, `${by.id}\0${by.provider}\0${by.model}`)
    const known = this.answers.get(key)
    if (known) known.count++
    else
      this.answers.set(key, { by: key === OTHERS ? { id: '', provider: '', model: OTHERS } : by, count: 1 })
  }
}

function within(known: ReadonlyMap<string, unknown>, name: string): string {
  return known.has(name) || known.size < MOST_NAMES ? name : OTHERS
}
