import type { Deployment } from '../types/deployment.ts'
import type { BudgetState } from './budgets/budget-state.ts'
import { Circuit } from './circuit/circuit.ts'
import type { CircuitBoard } from './circuit/circuit-board.ts'
import { FailureWindow } from './circuit/failure-window.ts'
import { DeploymentHealth } from './health/deployment-health.ts'
import { LatencyTrack } from './load/latency-track.ts'
import { MinuteUsage } from './load/minute-usage.ts'
import type { Waiter } from './load/waiting.ts'
import type { LiveWeight } from './weights/live-weights.ts'

/** A deployment and what is known of it right now. Choosing reads it and does nothing else. */
export interface Candidate {
  readonly deployment: Deployment
  readonly state: DeploymentState
  readonly load: LoadState
  /** Shared by every deployment that signs with the same credential. */
  readonly credential: CredentialState
  /** Its own and its provider's; empty where there are none. */
  readonly budgets: readonly BudgetState[]
}

/** How well one model of one deployment does; a wildcard has many. Survives a change of settings. */
export class DeploymentState {
  readonly circuit: Circuit
  readonly failures = new FailureWindow()
  /** Whole answers and streams are measured apart: a stream's time ends at its first output. */
  readonly whole = new LatencyTrack()
  readonly stream = new LatencyTrack()
  /** Dollars for an input and an output token, as read from the catalogue at `at`. */
  price: { readonly dollars: number; readonly at: number } | undefined

  /** Shared by all models of a wildcard. */
  readonly health: DeploymentHealth

  /** `key`: what it is called between replicas. */
  constructor(board: CircuitBoard, key: string, health = new DeploymentHealth()) {
    this.circuit = new Circuit(board, key)
    this.health = health
  }
}

/** What one deployment has to do, a wildcard's models together: its limits are about all of them. */
export class LoadState {
  /** Calls that were begun and not settled yet, streams until their last byte. */
  inFlight = 0
  readonly usage = new MinuteUsage()
  /** Calls that wait for one of its places, the next one first. */
  readonly waiting: Waiter[] = []
  /** Attempts that were begun and those that failed by the deployment's fault, since the start. */
  readonly outcomes = { attempts: 0, failures: 0 }
  /** What was set over its configured weight. */
  readonly weight: LiveWeight

  constructor(weight: LiveWeight) {
    this.weight = weight
  }
}

/** The latencies a choice for such a call goes by. */
export function trackOf({ state }: Candidate, stream: boolean): LatencyTrack {
  return stream ? state.stream : state.whole
}

/** What is known of one credential. */
export class CredentialState {
  readonly circuit: Circuit
  /** The deployment that was last refused with 403, which may be about its model alone. */
  deniedAt: string | undefined

  /** `key`: what it is called between replicas. */
  constructor(board: CircuitBoard, key: string) {
    this.circuit = new Circuit(board, key)
  }
}
