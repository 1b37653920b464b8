import type { SluiceError } from '../../errors.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { EndpointName } from '../../types/endpoint-map.ts'
import type { Route } from '../route.ts'
import type { RoutingSettings } from '../settings.ts'

/** The limits of one attempt, milliseconds. */
export interface AttemptTimes {
  readonly timeoutMs: number
  readonly limits: {
    readonly timeoutMs: number
    readonly streamTimeoutMs: number | undefined
    readonly idleTimeoutMs: number | undefined
  }
  readonly stream: boolean
  /** What the attempt really has until its (first) answer. */
  readonly inForceMs: number
  /** What it would have by the operator's settings alone. */
  readonly operatorsMs: number
}

/** The call's word, else the deployment's, else the router's; never beyond what is `left` of the whole call. */
export function timesOf(
  route: Route<EndpointName>,
  deployment: Deployment,
  settings: RoutingSettings,
  left: number,
): AttemptTimes {
  const stream = route.request.stream === true
  const timeoutMs = Math.min(left, deployment.timeoutMs ?? left)
  const operatorsFirstMs = deployment.streamTimeoutMs ?? settings.streamTimeoutMs
  const streamTimeoutMs = route.streamTimeoutMs ?? operatorsFirstMs
  const idleTimeoutMs =
    route.streamIdleTimeoutMs ?? deployment.streamIdleTimeoutMs ?? settings.streamIdleTimeoutMs
  const first = (total: number, toFirst: number | undefined) =>
    stream ? Math.min(total, toFirst ?? total) : total
  return {
    timeoutMs,
    limits: { timeoutMs, streamTimeoutMs, idleTimeoutMs },
    stream,
    inForceMs: first(timeoutMs, streamTimeoutMs),
    operatorsMs: first(deployment.timeoutMs ?? settings.timeoutMs, operatorsFirstMs),
  }
}

/**
 * True for a timeout that a caller in a hurry, or attempts before this one, made of less time than the operator grants:
 * it says nothing about the deployment.
 */
export function isCallersHaste(
  error: SluiceError,
  durationMs: number,
  { inForceMs, operatorsMs }: AttemptTimes,
): boolean {
  return error.kind === 'timeout' && inForceMs < operatorsMs * 0.9 && durationMs >= inForceMs * 0.95
}
