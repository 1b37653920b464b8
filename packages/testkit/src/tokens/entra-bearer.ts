import { Failure } from '../wire/failure.ts'
import type { Shown } from '../wire/wire.ts'

/** A bearer token must be one that was minted here for Azure's AI services and is not over; keys pass. */
export function entraBearer({ head, state }: Shown): void {
  const { authorization } = head.headers
  // Projects have a scope of their own, and take no keys.
  const isProject = head.path.startsWith('/api/projects/')
  if (!isProject && (authorization === undefined || head.headers['api-key'] !== undefined)) return
  const shown = authorization?.split(' ')[1]
  // OpenAI's own client shows the resource's key as a bearer token there, and Azure takes it:
  // https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
  if (head.path.startsWith('/openai/v1/') && !shown?.startsWith('entra-')) return
  const token = state.tokens.find(shown)
  const scope = isProject ? 'https://ai.azure.com' : 'https://cognitiveservices.azure.com'
  if (token?.issuer === 'azure' && token.scope.startsWith(scope)) return
  throw new Failure('unauthorized')
}
