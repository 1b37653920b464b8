import type { Deployment } from '../types/deployment.ts'
import type { Budgets } from './budgets/budgets.ts'
import { type Candidate, CredentialState, DeploymentState, LoadState } from './candidate.ts'
import { AwakeMemory } from './circuit/awake.ts'
import { CircuitBoard } from './circuit/circuit-board.ts'
import { CircuitNews } from './circuit/circuit-news.ts'
import { credentialKey } from './circuit/credential-key.ts'
import { deploymentKey } from './circuit/deployment-key.ts'
import { DeploymentHealth } from './health/deployment-health.ts'
import { HedgeState, type HedgingSettings } from './hedging/hedge-state.ts'
import { ShareBudget } from './retry/share-budget.ts'
import type { RoutingHost } from './route.ts'
import { LiveWeights } from './weights/live-weights.ts'

/** The deployments behind one name, with what is known of each. */
export interface Pool {
  readonly candidates: readonly Candidate[]
  readonly budget: ShareBudget
  /** Absent where nothing is hedged. */
  readonly hedges: HedgeState | undefined
  /** Who of all of them rests. */
  readonly awake: AwakeMemory
  /** Whether any of them states an `order`, a rate, a limit of parallel calls, a budget: what none states costs nothing. */
  readonly hasOrder: boolean
  readonly hasRates: boolean
  readonly hasCaps: boolean
  readonly hasBudgets: boolean
}

export type PoolsHost = Pick<RoutingHost, 'news' | 'now' | 'random'>

/** States remembered for models that wildcards matched; beyond it, idle ones are forgotten. */
const MOST_STATES = 20_000

export interface PoolSettings {
  /** Retries as a share of a group's calls. */
  readonly retryBudget: number
  readonly hedging?: HedgingSettings | undefined
  readonly budgets?: Budgets | undefined
}

const NONE: Candidate['budgets'] = []

/** Retries a group may make at once: enough to find out that a deployment is down. */
const RETRY_BURST = 100

/** Keeps what is known of deployments, whichever names lead to them. */
export class Pools {
  private readonly byList = new WeakMap<readonly Deployment[], Pool>()
  private readonly candidates = new WeakMap<Deployment, Candidate>()
  private readonly states: Map<string, DeploymentState>
  private readonly loads: Map<string, LoadState>
  private readonly credentials: Map<string, CredentialState>
  private readonly healths: Map<string, DeploymentHealth>
  private readonly board: CircuitBoard
  private readonly budgets: Map<string, ShareBudget>
  private readonly hedges = new Map<string, HedgeState>()
  private readonly settings: PoolSettings
  private readonly news: CircuitNews | undefined
  readonly weights: LiveWeights

  /** `previous`: what was known before the settings changed. `host`: absent where circuits are nobody else's. */
  constructor(settings: PoolSettings, previous: Pools | undefined, host?: PoolsHost) {
    this.settings = settings
    this.states = previous?.states ?? new Map<string, DeploymentState>()
    this.loads = previous?.loads ?? new Map<string, LoadState>()
    this.credentials = previous?.credentials ?? new Map<string, CredentialState>()
    this.healths = previous?.healths ?? new Map<string, DeploymentHealth>()
    this.board = previous?.board ?? new CircuitBoard()
    this.weights = previous?.weights ?? new LiveWeights()
    this.budgets = new Map()
    this.news = this.newsOf(previous?.news, host)
    this.board.teller = this.news
  }

  /** The pool of a list of deployments; the same list gives the same pool. */
  of(group: string, deployments: readonly Deployment[]): Pool {
    const known = this.byList.get(deployments)
    if (known) return known
    const candidates = deployments.map(each => this.candidate(each))
    const first = deployments[0]?.id ?? group
    const pool: Pool = {
      candidates,
      budget: this.budget(first),
      hedges: this.hedge(first),
      awake: new AwakeMemory(candidates, this.board),
      hasOrder: deployments.some(({ order }) => order),
      hasRates: deployments.some(({ rpm, tpm }) => rpm || tpm),
      hasCaps: deployments.some(({ maxParallelRequests }) => maxParallelRequests !== undefined),
      hasBudgets: candidates.some(({ budgets }) => budgets.length > 0),
    }
    this.byList.set(deployments, pool)
    return pool
  }

  candidate(deployment: Deployment): Candidate {
    let candidate = this.candidates.get(deployment)
    if (candidate) return candidate
    const state = this.entry(this.states, deploymentKey(deployment), key => {
      const health = entry(this.healths, deployment.id, () => new DeploymentHealth())
      return new DeploymentState(this.board, key, health)
    })
    const credential = this.entry(
      this.credentials,
      credentialKey(deployment),
      key => new CredentialState(this.board, key),
    )
    const load = entry(this.loads, deployment.id, () => new LoadState(this.weights.of(deployment.id)))
    const budgets = this.settings.budgets?.of(deployment) ?? NONE
    candidate = { deployment, state, load, credential, budgets }
    this.candidates.set(deployment, candidate)
    return candidate
  }

  /** What the replicas told goes on being heard as long as the wire is the same. */
  private newsOf(previous: CircuitNews | undefined, host: PoolsHost | undefined): CircuitNews | undefined {
    const wire = host?.news
    if (previous !== undefined && previous.wire === wire) return previous
    previous?.close()
    if (host === undefined || wire === undefined) return undefined
    const { states, credentials } = this
    const find = (key: string) => (states.get(key) ?? credentials.get(key))?.circuit
    return new CircuitNews({ news: wire, now: host.now, random: host.random, find })
  }

  private entry<T extends DeploymentState | CredentialState>(
    map: Map<string, T>,
    key: string,
    create: (key: string) => T,
  ): T {
    return entry(map, key, () => {
      const state = create(key)
      this.news?.created(state.circuit)
      return state
    })
  }

  /** By the first deployment: the names that a wildcard matches have one budget together. */
  private budget(key: string): ShareBudget {
    return entry(this.budgets, key, () => new ShareBudget(this.settings.retryBudget, RETRY_BURST))
  }

  private hedge(key: string): HedgeState | undefined {
    const { hedging } = this.settings
    return hedging && entry(this.hedges, key, () => new HedgeState(hedging))
  }
}

function entry<T>(map: Map<string, T>, key: string, create: () => T): T {
  const known = map.get(key)
  if (known !== undefined) return known
  // Whoever still holds a forgotten one goes on using it.
  if (map.size >= MOST_STATES) map.clear()
  const made = create()
  map.set(key, made)
  return made
}
