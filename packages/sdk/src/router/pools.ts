import type { Deployment } from '../types/deployment.ts'
import { type Candidate, CredentialState, DeploymentState, LoadState } from './candidate.ts'
import { AwakeMemory } from './circuit/awake.ts'
import { CircuitBoard } from './circuit/circuit-board.ts'
import { credentialKey } from './circuit/credential-key.ts'
import { RetryBudget } from './retry/retry-budget.ts'
import { LiveWeights } from './weights/live-weights.ts'

/** The deployments behind one name, with what is known of each. */
export interface Pool {
  readonly candidates: readonly Candidate[]
  readonly budget: RetryBudget
  /** Who of all of them rests. */
  readonly awake: AwakeMemory
  /** Whether any of them states an `order`, a rate, a limit of parallel calls: what none states costs nothing. */
  readonly hasOrder: boolean
  readonly hasRates: boolean
  readonly hasCaps: boolean
}

/** States remembered for models that wildcards matched; beyond it, idle ones are forgotten. */
const MOST_STATES = 20_000

/** Keeps what is known of deployments, whichever names lead to them. */
export class Pools {
  private readonly byList = new WeakMap<readonly Deployment[], Pool>()
  private readonly candidates = new WeakMap<Deployment, Candidate>()
  private readonly states: Map<string, DeploymentState>
  private readonly loads: Map<string, LoadState>
  private readonly credentials: Map<string, CredentialState>
  private readonly board: CircuitBoard
  private readonly budgets: Map<string, RetryBudget>
  private readonly retryShare: number
  readonly weights: LiveWeights

  /** `previous`: what was known before the settings changed. */
  constructor(retryShare: number, previous: Pools | undefined) {
    this.retryShare = retryShare
    this.states = previous?.states ?? new Map<string, DeploymentState>()
    this.loads = previous?.loads ?? new Map<string, LoadState>()
    this.credentials = previous?.credentials ?? new Map<string, CredentialState>()
    this.board = previous?.board ?? new CircuitBoard()
    this.weights = previous?.weights ?? new LiveWeights()
    this.budgets = new Map()
  }

  /** The pool of a list of deployments; the same list gives the same pool. */
  of(group: string, deployments: readonly Deployment[]): Pool {
    const known = this.byList.get(deployments)
    if (known) return known
    const candidates = deployments.map(each => this.candidate(each))
    const pool: Pool = {
      candidates,
      budget: this.budget(deployments[0]?.id ?? group),
      awake: new AwakeMemory(candidates, this.board),
      hasOrder: deployments.some(({ order }) => order),
      hasRates: deployments.some(({ rpm, tpm }) => rpm || tpm),
      hasCaps: deployments.some(({ maxParallelRequests }) => maxParallelRequests !== undefined),
    }
    this.byList.set(deployments, pool)
    return pool
  }

  candidate(deployment: Deployment): Candidate {
    let candidate = this.candidates.get(deployment)
    if (candidate) return candidate
    const state = entry(
      this.states,
      `${deployment.id}\0${deployment.model}`,
      () => new DeploymentState(this.board),
    )
    const credential = entry(
      this.credentials,
      credentialKey(deployment),
      () => new CredentialState(this.board),
    )
    const load = entry(this.loads, deployment.id, () => new LoadState(this.weights.of(deployment.id)))
    candidate = { deployment, state, load, credential }
    this.candidates.set(deployment, candidate)
    return candidate
  }

  /** By the first deployment: the names that a wildcard matches have one budget together. */
  private budget(key: string): RetryBudget {
    return entry(this.budgets, key, () => new RetryBudget(this.retryShare))
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
