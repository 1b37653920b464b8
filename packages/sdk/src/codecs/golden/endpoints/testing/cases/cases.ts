import type { EndpointName, RequestOf } from '../../../../../types/endpoint-map.ts'

/** What clients ask of an endpoint, in the hub's words, by what is remarkable; the model aside. */
export type Cases<E extends EndpointName> = Readonly<Record<string, Partial<RequestOf<E>>>>
