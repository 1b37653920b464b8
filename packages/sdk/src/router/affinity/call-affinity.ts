import type { ModelFacts } from '../../models/model-facts.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { RouteAffinity } from '../../types/route-receipt.ts'
import type { Candidate } from '../candidate.ts'
import { type Remembering, remember } from './affinities.ts'
import type { AffinityAsk, AffinityKeys } from './affinity.ts'
import { expectedMs, reasonToLeave } from './worth-staying.ts'

/** Who may be taken for an attempt, and what the choice depends on. */
export interface Preferring {
  /** Those who can serve the call at all. */
  readonly able: readonly Candidate[]
  /** Of them, those ready now. */
  readonly ready: readonly Candidate[]
  /** Of them, those that were not tried, of the lowest order. */
  readonly level: readonly Candidate[]
  readonly tried: ReadonlySet<Candidate>
  readonly stream: boolean
  readonly now: number
  /** Whom the strategy would take. */
  pick(): Candidate
}

interface Found {
  readonly ids: readonly string[]
  readonly tokens: number
}

/** What keeps one call where calls like it went before: decides before an attempt, and learns from its answer. */
export class CallAffinity {
  /** What became of it at the last choice; undefined when nothing was known. */
  note: RouteAffinity | undefined
  private readonly ask: AffinityAsk
  private readonly kinds: readonly Remembering[]
  private readonly facts: (deployment: Deployment) => ModelFacts | undefined
  private keys: readonly (AffinityKeys | undefined)[] | undefined

  constructor(
    kinds: readonly Remembering[],
    ask: AffinityAsk,
    facts: (deployment: Deployment) => ModelFacts | undefined,
  ) {
    this.kinds = kinds
    this.ask = ask
    this.facts = facts
  }

  /** The deployment that is preferred, where it can be asked and is worth it; else the strategy's. */
  choose(preferring: Preferring): Candidate {
    this.note = undefined
    const keys = this.keysOfAll()
    let picked: Candidate | undefined
    const others = { ...preferring, pick: () => (picked ??= preferring.pick()) }
    for (const [index, kind] of this.kinds.entries()) {
      const found = this.find(kind, keys[index], preferring.able, preferring.now)
      const stays = found && this.stays(kind, found, others)
      if (stays) return stays
    }
    return others.pick()
  }

  /** Those of the candidates that calls like this one went to. */
  preferred(candidates: readonly Candidate[], now: number): readonly Candidate[] {
    const keys = this.keysOfAll()
    const ids = this.kinds.flatMap((kind, index) => this.find(kind, keys[index], candidates, now)?.ids ?? [])
    return named(ids, candidates)
  }

  /** A deployment answers: calls like this one go there from now on. */
  answered({ deployment: { id } }: Candidate, now: number): void {
    const keys = this.keysOfAll()
    for (const [index, kind] of this.kinds.entries())
      for (const { key, told } of keys[index]?.remember ?? []) remember(kind, key, told, id, now)
  }

  private stays({ rule: { name: by } }: Remembering, found: Found, preferring: Preferring) {
    const { level, stream, now } = preferring
    const here = named(found.ids, level)
    if (here.length === 0) {
      this.note ??= { by, left: whyNot(found.ids[0], preferring) }
      return undefined
    }
    const warm = here.reduce((best, next) =>
      expectedMs(next, stream, now) < expectedMs(best, stream, now) ? next : best,
    )
    const left = found.tokens === 0 ? undefined : this.leave(warm, found, preferring)
    if (left === undefined) this.note = { by }
    else this.note ??= { by, left }
    return left === undefined ? warm : undefined
  }

  private find(
    { rule, memory }: Remembering,
    keys: AffinityKeys | undefined,
    candidates: readonly Candidate[],
    now: number,
  ): Found | undefined {
    const matches = rule.match?.(this.ask)
    if (matches) {
      const ids = candidates
        .map(each => each.deployment)
        .filter(matches)
        .map(({ id }) => id)
      return { ids, tokens: 0 }
    }
    for (const { key, tokens } of keys?.lookUp ?? []) {
      const ids = memory.find(key, now)
      if (ids.length > 0) return { ids, tokens }
    }
    return undefined
  }

  private leave(warm: Candidate, { tokens }: Found, { pick, stream, now }: Preferring): string | undefined {
    return reasonToLeave(warm, pick(), { stream, now, tokens, facts: this.facts(warm.deployment) })
  }

  private keysOfAll(): readonly (AffinityKeys | undefined)[] {
    this.keys ??= this.kinds.map(({ rule }) => rule.keysOf(this.ask))
    return this.keys
  }
}

function named(ids: readonly string[], candidates: readonly Candidate[]): readonly Candidate[] {
  return ids.flatMap(id => candidates.find(({ deployment }) => deployment.id === id) ?? [])
}

function whyNot(id: string | undefined, { able, ready, tried }: Preferring): string {
  const is = ({ deployment }: Candidate) => deployment.id === id
  const candidate = able.find(is)
  if (candidate === undefined) return 'it cannot serve this call'
  if (tried.has(candidate)) return 'it failed in this call'
  return ready.includes(candidate) ? 'its order is higher' : 'it is not ready'
}
