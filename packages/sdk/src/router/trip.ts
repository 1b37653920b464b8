import type { SluiceError } from '../errors.ts'
import { estimateRequestTokens } from '../tokens/request.ts'
import type { CancelSignal } from '../types/cancel-signal.ts'
import type { EndpointName } from '../types/endpoint-map.ts'
import type { RouteReceipt } from '../types/route-receipt.ts'
import type { Candidate } from './candidate.ts'
import { storyOf } from './explain/story.ts'
import {
  anyFallbacksOf,
  type FallbackSettings,
  type FallbackTarget,
  fallbacksFor,
  withOptions,
} from './fallbacks.ts'
import type { Route } from './route.ts'
import type { RoutingSettings } from './settings.ts'
import type { Visit } from './visit.ts'

/** Which deployment's answer broke off, and in which group. */
export interface Broken<E extends EndpointName> {
  readonly visit: Visit<E>
  readonly candidate: Candidate
}

/** One call on its way through groups: its deadline, where it was, and where it may still go. */
export class Trip<E extends EndpointName> {
  readonly route: Route<E>
  /** Milliseconds since the epoch. */
  readonly deadline: number
  /** Aborts what is under way. */
  signal: CancelSignal | undefined
  /** The text that the caller has already, once an answer broke off: the rest is asked for. */
  said: string | undefined
  /** Where an answer broke off. */
  broken: Broken<E> | undefined
  readonly receipt: RouteReceipt = { visits: [] }
  /** What the caller hears when nobody answers: the first group's error. */
  firstError: SluiceError | undefined
  /** Why the group before was left. */
  because: string | undefined
  /** Whether it is to be mirrored has been decided. */
  isMirrored = false
  private readonly fallbacks: FallbackSettings | undefined
  /** Groups that were asked or will be, whatever alias they were named by. */
  private readonly seen: Set<string>
  private readonly aliases: RoutingSettings['groupAliases']
  private readonly queue: FallbackTarget[] = []
  private tokens: number | undefined

  /** `pinned`: only one deployment keeps what the request is about, so there is nowhere else to go. */
  constructor(route: Route<E>, settings: RoutingSettings, now: number, pinned: boolean) {
    this.route = route
    this.signal = route.signal
    this.deadline = now + (route.timeoutMs ?? settings.timeoutMs)
    this.aliases = settings.groupAliases
    this.seen = new Set([this.groupOf(route.model)])
    this.fallbacks = route.disableFallbacks || pinned ? undefined : withOptions(settings, route)
    route.record.routing = this.receipt
  }

  /** Where to go after `group` failed; undefined when there is nowhere left. */
  after(group: string, error: SluiceError): FallbackTarget | undefined {
    this.firstError ??= error
    this.because = error.name
    if (this.fallbacks) for (const each of fallbacksFor(group, error, this.fallbacks)) this.add(each)
    const next = this.queue.shift()
    if (next) this.route.record.fallbacks++
    return next
  }

  /** The error with what was tried, where that was more than one deployment. */
  told(error: SluiceError): SluiceError {
    const story = error.kind === 'aborted' ? undefined : storyOf(this.receipt)
    return story === undefined ? error : error.withWords(story)
  }

  /** True when the call may go on elsewhere should `group` fail. */
  hasMore(group: string): boolean {
    if (this.queue.length > 0) return true
    if (this.fallbacks === undefined || this.isFull) return false
    return anyFallbacksOf(group, this.fallbacks).some(({ model }) => !this.seen.has(this.groupOf(model)))
  }

  inputTokens(): number {
    this.tokens ??= this.route.inputTokens ?? estimateRequestTokens(this.route.request)
    return this.tokens
  }

  private add(target: FallbackTarget): void {
    const group = this.groupOf(target.model)
    if (this.isFull || this.seen.has(group)) return
    this.seen.add(group)
    this.queue.push(target)
  }

  /** As many fallbacks as a call may have are on its list. */
  private get isFull(): boolean {
    return this.seen.size > (this.fallbacks?.maxFallbacks ?? 0)
  }

  private groupOf(model: string): string {
    return this.aliases.get(model)?.group ?? model
  }
}
