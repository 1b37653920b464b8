import type { ZonedCalendar } from 'sluice/internal'
import type { LimitSubject } from '../limiter.ts'
import { SlidingWindow } from '../sliding-window.ts'
import { BudgetCounter } from './budget-counter.ts'
import { maxOf } from './max-of.ts'
import type { Share } from './share.ts'

/** The rates that are counted, tokens in three ways. */
export const RATES = ['requests', 'tokens', 'input', 'output'] as const
export type Rate = (typeof RATES)[number]

type Name = Pick<LimitSubject, 'kind' | 'id' | 'model' | 'window'>

/** True for a subject that counts one model's calls only, or one more window of money. */
export function isPart({ model, window }: Pick<Name, 'model' | 'window'>): boolean {
  return model !== undefined || window !== undefined
}

/** What tells the parts of one subject apart. */
export function partName({ model = '', window = '' }: Pick<Name, 'model' | 'window'>): string {
  return window === '' ? model : `${model}\n${window}`
}

/** Everything counted for one subject. A counter exists from the first call that its limit concerned. */
export class SubjectCounters {
  readonly kind: LimitSubject['kind']
  readonly id: string
  readonly model: string | undefined
  readonly window: string | undefined
  /** As messages name it. */
  label = ''
  requests: SlidingWindow | undefined
  /** Input and output together. */
  tokens: SlidingWindow | undefined
  input: SlidingWindow | undefined
  output: SlidingWindow | undefined
  budget: BudgetCounter | undefined
  /** Calls in flight. */
  parallel = 0
  /** What this process may hand out by itself while others cannot be asked; absent where nobody else counts. */
  share: Share | undefined
  /** By `partName`: as many as models and windows are named in the subject's limits. */
  parts: Map<string, SubjectCounters> | undefined

  constructor({ kind, id, model, window }: Name) {
    this.kind = kind
    this.id = id
    this.model = model
    this.window = window
  }

  /** Makes the counters the subject's limits need, and brings its budget up to date. */
  prepare(subject: LimitSubject, now: number, calendar: ZonedCalendar): void {
    this.label = subject.label
    if (subject.rpm !== undefined) this.requests ??= new SlidingWindow()
    if (subject.tpm !== undefined) this.tokens ??= new SlidingWindow()
    if (subject.inputTpm !== undefined) this.input ??= new SlidingWindow()
    if (subject.outputTpm !== undefined) this.output ??= new SlidingWindow()
    if (subject.budget === undefined) return
    if (this.budget === undefined) this.budget = new BudgetCounter(subject.budget, now, calendar)
    else this.budget.learn(subject.budget, now)
    this.budget.max = maxOf(subject.budget, now)
  }

  /** What all have in the window, as far as it is known here. */
  used(rate: Rate, second: number): number {
    const own = this[rate]?.used(second) ?? 0
    return this.share === undefined ? own : own + this.share.others[rate]
  }

  /** The counters of a part, made where they are missing. */
  part(subject: Name): SubjectCounters {
    this.parts ??= new Map()
    const name = partName(subject)
    let part = this.parts.get(name)
    if (part === undefined) this.parts.set(name, (part = new SubjectCounters(subject)))
    return part
  }

  /** True while no call of it is in flight. */
  isIdle(): boolean {
    if (this.parallel > 0) return false
    for (const part of this.parts?.values() ?? []) if (part.parallel > 0) return false
    return true
  }

  /** Frees windows that hold nothing any more. True when nothing is left worth keeping. */
  shrink(now: number): boolean {
    for (const [name, part] of this.parts ?? []) if (part.shrink(now)) this.parts?.delete(name)
    if (this.parts?.size === 0) this.parts = undefined
    if (this.parallel > 0) return false
    const second = Math.floor(now / 1000)
    if (this.requests?.used(second) === 0) this.requests = undefined
    if (this.tokens?.used(second) === 0) this.tokens = undefined
    if (this.input?.used(second) === 0) this.input = undefined
    if (this.output?.used(second) === 0) this.output = undefined
    const { requests, tokens, input, output, budget, parts } = this
    return (requests ?? tokens ?? input ?? output ?? budget ?? parts) === undefined
  }
}
