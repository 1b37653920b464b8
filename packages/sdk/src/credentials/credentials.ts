import type { ExchangeLimits, WholeReply } from '../transport/transport.ts'
import type { Deployment } from '../types/deployment.ts'

/** An upstream request on its way out. Headers are lower case. */
export interface OutgoingRequest {
  readonly method: 'POST' | 'GET' | 'DELETE'
  url: string
  headers: Record<string, string>
  body?: string | Buffer | undefined
}

/** How a provider wants to be convinced. Runs on every attempt, retries included. */
export interface Credentials {
  /** Environment variables that may hold the secret, first wins; shown in docs and by `sluice doctor`. */
  readonly env: readonly string[]
  /** False when calls without a secret may succeed (local servers). */
  readonly required: boolean
  /** Adds what authenticates the request. `secret` is the deployment's own key, else the first set variable's. */
  sign(
    request: OutgoingRequest,
    secret: string | undefined,
    deployment: Deployment,
    host: SigningHost,
  ): void | Promise<void>
}

/** What signing may need of the outside world. */
export interface SigningHost {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** The first set environment variable's value; blank counts as unset. */
  readonly secret: (names: readonly string[]) => string | undefined
  /** Asks for a token. Error statuses are answers, not errors. */
  readonly exchange: (request: OutgoingRequest, limits: ExchangeLimits) => Promise<WholeReply>
}
