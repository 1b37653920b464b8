import type { Deployment, Provider } from 'sluice/internal'
import type { LoggedCall } from '../log/logged-call.ts'
import type { Failed } from '../world/failures.ts'
import { hashOf, seeded } from '../world/luck.ts'
import type { MatchedBy } from '../world/roster.ts'
import type { Expected, Size, World } from '../world/world.ts'
import type { Fate } from './simulated-transport.ts'

/** What nobody ever saw answer takes so long, milliseconds. */
const UNKNOWN_MS = 1_000

/** How deployments are found that are not in the log themselves. */
const STRANGERS: ReadonlySet<MatchedBy> = new Set(['group', 'log', 'nothing'])

/** A call of the log on its way through the replay. */
export interface ReplayedCall {
  readonly call: LoggedCall
  /** Its place in the log: with the seed, its luck. */
  readonly index: number
  readonly size: Size
  /** Attempts that were made of it so far. */
  attempts: number
}

const MOST_KNOWN = 20_000

/** What the error of a caller's own doing is told with. */
const CODES = {
  bad_request: undefined,
  context_window: 'context_length_exceeded',
  content_policy: 'content_policy_violation',
} as const

/**
 * Decides what becomes of each attempt. Luck hangs on seed, call, deployment and attempt alone, so that two
 * configurations that ask the same deployment are answered the same.
 */
export class Oracle {
  private readonly world: World
  private readonly providers: ReadonlyMap<string, Provider>
  private readonly seed: number
  private readonly known = new Map<string, { readonly expected: Expected; readonly hash: number }>()

  constructor(world: World, providers: ReadonlyMap<string, Provider>, seed: number) {
    this.world = world
    this.providers = providers
    this.seed = seed
  }

  /** How each deployment that was asked so far was found in the log. */
  matches(): ReadonlyMap<string, MatchedBy> {
    return new Map([...this.known].map(([key, { expected }]) => [key, expected.by]))
  }

  /** The call as it will be asked: a call that failed in the log is given the size of one that was answered. */
  begin(call: LoggedCall, index: number): ReplayedCall {
    const own: Size = { usage: call.usage, stream: call.firstMs !== undefined }
    const hasSize = call.failure === undefined || call.usage.completion_tokens > 0
    const size = hasSize ? own : (this.world.size(call, seeded(this.seed ^ index)) ?? own)
    return { call, index, size, attempts: 0 }
  }

  /** What becomes of one more attempt of the call. `model`: what the deployment is asked for. */
  fateOf(replayed: ReplayedCall, deployment: Deployment, model: string, now: number): Fate {
    const { call, index, size } = replayed
    const { expected, hash } = this.expect(deployment, model)
    const random = seeded(
      hashOf(String(replayed.attempts++), (this.seed ^ hash ^ Math.imul(index, 0x9e3779b1)) >>> 0),
    )
    const { failure } = call
    if (failure?.kind === 'own') {
      const isSame = call.deployment === undefined || call.deployment.model === model
      const code = CODES[failure.why]
      if (isSame || failure.why === 'bad_request')
        return { kind: 'status', status: failure.status, ms: call.durationMs, ...(code && { code }) }
    }
    const at = random() * (expected.sums.at(-1) ?? 0)
    const behaviour = expected.behaviours[expected.sums.findIndex(sum => at < sum)]
    // What others went through at that time need not be what this one would have.
    const time = STRANGERS.has(expected.by) ? undefined : now
    const failed = behaviour?.failures.draw(time, random)
    if (failed) return failureOf(failed)
    const tokens = size.usage.completion_tokens
    const drawn = behaviour?.draw(time, tokens, size.stream, random) ?? {
      ms: UNKNOWN_MS,
      firstMs: UNKNOWN_MS,
    }
    return { kind: 'answer', ms: drawn.ms, firstMs: drawn.firstMs, usage: size.usage }
  }

  private expect(deployment: Deployment, model: string) {
    const key = `${deployment.id}\0${model}`
    let known = this.known.get(key)
    if (known === undefined) {
      const expected = this.world.expect({ ...deployment, model }, this.providers.get(deployment.provider))
      known = { expected, hash: hashOf(key) }
      // Names that wildcards match have no end.
      if (this.known.size >= MOST_KNOWN) this.known.clear()
      this.known.set(key, known)
    }
    return known
  }
}

function failureOf({ failure, ms, firstMs }: Failed): Fate {
  if (failure.kind === 'status') return { kind: 'status', status: failure.status, ms }
  return failure.kind === 'broken' ? { kind: 'broken', ms, firstMs } : { kind: failure.kind, ms }
}
