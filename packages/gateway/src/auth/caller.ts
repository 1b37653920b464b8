import type { RecordCaller } from 'sluice/internal'
import type { LimitSubject } from '../limits/limiter.ts'

/** Who is asking, made by one constructor (`authenticate`) from one credential. Frozen. */
export interface Caller {
  readonly role: 'proxy_admin' | 'key'
  readonly record: RecordCaller
  /** Model names this caller may use; empty means all. `all-proxy-models` means all too. Wildcards as `openai/*`. */
  readonly models: readonly string[]
  /** Name the caller may send → group it means. */
  readonly aliases: ReadonlyMap<string, string>
  readonly tags: readonly string[]
  readonly metadata: Readonly<Record<string, unknown>>
  /** Route groups or paths this key may call; empty means all LLM routes. */
  readonly allowedRoutes: readonly string[]
  /** Everyone this caller's calls are charged to. */
  readonly subjects: readonly LimitSubject[]
}
