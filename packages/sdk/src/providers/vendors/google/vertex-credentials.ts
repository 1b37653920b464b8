import type { Credentials } from '../../../credentials/credentials.ts'
import { GOOGLE_CREDENTIALS_ENV, GoogleKeyRing } from '../../../credentials/google/google.ts'
import { addressed, givenProject, locationOf, underOwnBase, withoutPlace } from './vertex-address.ts'

/** What Google's OAuth tokens begin with; other texts under `api_key` are API keys. */
const TOKEN_PREFIX = 'ya29.'

/**
 * Google's two ways to be convinced: an API key of Vertex AI's express mode (`api_key`), else an OAuth token made from
 * `vertex_credentials`, the environment, gcloud or the machine. Project and location are put into the URL here.
 * Source: https://cloud.google.com/vertex-ai/docs/authentication
 */
export function vertexCredentials(): Credentials {
  const ring = new GoogleKeyRing()
  return {
    env: [...GOOGLE_CREDENTIALS_ENV],
    required: false,
    async sign(request, secret, deployment, host) {
      const { apiKey } = deployment
      const location = locationOf(deployment, host)
      const project = givenProject(deployment, host)
      request.url = underOwnBase(request.url, deployment.apiBase)
      if (apiKey !== undefined && !apiKey.startsWith(TOKEN_PREFIX)) {
        request.headers['x-goog-api-key'] = apiKey
        request.url = addressed(
          project === undefined ? withoutPlace(request.url) : request.url,
          project,
          location,
        )
        return
      }
      const token = apiKey === undefined ? await ring.tokenFor(deployment, secret, host) : { token: apiKey }
      request.url = addressed(request.url, project ?? token.project, location)
      request.headers.authorization = `Bearer ${token.token}`
    },
  }
}
