import type { Deployment } from '../types/deployment.ts'

/** Chooses among candidates; must not do I/O. */
export interface RoutingStrategy {
  readonly name: string
  /** `candidates` is never empty. */
  pick(candidates: readonly Deployment[]): Deployment
  /** Told of every finished attempt. */
  observe?(deployment: Deployment, outcome: { readonly durationMs: number; readonly failed: boolean }): void
}
