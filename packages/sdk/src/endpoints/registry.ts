import type { EndpointName } from '../types/endpoint-map.ts'
import { chat } from './chat.ts'
import { countTokens } from './count-tokens.ts'
import { embedding } from './embedding.ts'
import type { Endpoint } from './endpoint.ts'

/** Every endpoint by its name. */
export const endpoints: { readonly [E in EndpointName]: Endpoint<E> } = {
  chat,
  count_tokens: countTokens,
  embedding,
}
