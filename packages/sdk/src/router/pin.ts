import type { Endpoint } from '../endpoints/endpoint.ts'
import { endpoints } from '../endpoints/registry.ts'
import { createError } from '../errors.ts'
import type { Deployment } from '../types/deployment.ts'
import type { EndpointName } from '../types/endpoint-map.ts'
import type { Route } from './route.ts'

/** The id of the deployment that alone can answer, where the request is about something that it keeps. */
export function pinOf<E extends EndpointName>({ endpoint: name, request }: Route<E>): string | undefined {
  const endpoint: Endpoint<E> = endpoints[name]
  return endpoint.pin?.(request)
}

/** The one deployment that keeps what the request is about. An only one is it, though its key and so its id changed. */
export function pinned(all: readonly Deployment[], pin: string | undefined): readonly Deployment[] {
  if (pin === undefined || all.length === 1) return all
  const found = all.filter(({ id }) => id === pin)
  if (found.length > 0) return found
  throw createError({
    kind: 'not_found',
    message: 'The deployment that keeps this is no longer configured, or does not belong to the model named.',
  })
}
