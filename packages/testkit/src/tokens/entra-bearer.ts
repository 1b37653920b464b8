import { Failure } from '../wire/failure.ts'
import type { Shown } from '../wire/wire.ts'

/** A bearer token must be one that was minted here for Azure's AI services and is not over; keys pass. */
export function entraBearer({ head, state }: Shown): void {
  const { authorization } = head.headers
  if (authorization === undefined || head.headers['api-key'] !== undefined) return
  const token = state.tokens.find(authorization.split(' ')[1])
  if (token?.issuer === 'azure' && token.scope.startsWith('https://cognitiveservices.azure.com')) return
  throw new Failure('unauthorized')
}
