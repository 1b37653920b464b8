import type { Continuation } from '../../endpoints/continuation.ts'
import type { Endpoint } from '../../endpoints/endpoint.ts'
import { endpoints } from '../../endpoints/registry.ts'
import type { EndpointName } from '../../types/endpoint-map.ts'
import type { JsonObject } from '../../types/json.ts'
import type { Route } from '../route.ts'
import type { RoutingSettings } from '../settings.ts'

export type ContinuableRoute<E extends EndpointName> = Pick<
  Route<E>,
  'endpoint' | 'request' | 'streamContinuation' | 'retries'
>

/**
 * How the call's stream is gone on with elsewhere should it break off; `undefined` where the operator does not allow it,
 * the caller does not want it, or the answer will be more than plain text.
 */
export function mayContinue<E extends EndpointName>(
  { endpoint: name, request, streamContinuation }: ContinuableRoute<E>,
  settings: Pick<RoutingSettings, 'streamContinuation'>,
): Continuation<E> | undefined {
  if (!settings.streamContinuation || streamContinuation === false) return undefined
  const endpoint: Endpoint<E> = endpoints[name]
  const { continuation } = endpoint
  return (request as JsonObject).stream === true && continuation?.mayServe(request) ? continuation : undefined
}

/** How often one stream is gone on with: as often as a call is retried, and once where only fallbacks are left. */
export function mostContinuations<E extends EndpointName>(
  { retries }: Pick<Route<E>, 'retries'>,
  settings: Pick<RoutingSettings, 'retries'>,
): number {
  return Math.max(1, retries ?? settings.retries)
}
