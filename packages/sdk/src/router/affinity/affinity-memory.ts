/** Keys remembered, some tens of megabytes at most; beyond it, the one that was used the longest time ago is forgotten. */
const MOST_KEYS = 100_000

interface Known {
  readonly deploymentId: string
  /** Milliseconds since the epoch. */
  until: number
  /** When other replicas were last told. */
  toldAt: number
}

/** Which deployments a key belongs to, for how long. Used keys live on; unused ones fade. */
export class AffinityMemory {
  private readonly known = new Map<string | number, Known[]>()
  private readonly most: number

  constructor(most: number = MOST_KEYS) {
    this.most = most
  }

  get size(): number {
    return this.known.size
  }

  /** The deployments of a key, the last used first; empty when there is none. */
  find(key: string | number, now: number): readonly string[] {
    const found = this.known.get(key)
    if (found === undefined) return NOBODY
    const alive = found.filter(({ until }) => until > now)
    if (alive.length === 0) this.known.delete(key)
    return alive.map(({ deploymentId }) => deploymentId)
  }

  /**
   * Puts a deployment first, and forgets the last beyond `most`. True when others should hear of it: it is new, or
   * half of what they were told is over.
   */
  remember(key: string | number, deploymentId: string, now: number, ttlMs: number, most: number): boolean {
    const found = this.known.get(key)
    const before = found?.find(each => each.deploymentId === deploymentId && each.until > now)
    const isNews = before === undefined || (most === 1 && found?.[0] !== before)
    const isOld = before !== undefined && now - before.toldAt > ttlMs / 2
    const toldAt = isNews || isOld ? now : before.toldAt
    const others = found?.filter(each => each !== before && each.until > now).slice(0, most - 1) ?? []
    // Whatever was set last stands last, so that the first is the one to forget.
    this.known.delete(key)
    this.known.set(key, [{ deploymentId, until: now + ttlMs, toldAt }, ...others])
    if (this.known.size > this.most) this.forgetOne()
    return isNews || isOld
  }

  private forgetOne(): void {
    for (const key of this.known.keys()) {
      this.known.delete(key)
      return
    }
  }
}

const NOBODY: readonly string[] = []
