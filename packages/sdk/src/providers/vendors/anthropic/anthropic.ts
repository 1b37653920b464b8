import { anthropicCountTokens } from '../../../codecs/anthropic-count-tokens/codec.ts'
import { anthropicMessages } from '../../../codecs/anthropic-messages/codec.ts'
import type { Credentials, OutgoingRequest } from '../../../credentials/credentials.ts'
import { createError } from '../../../errors.ts'
import type { Deployment } from '../../../types/deployment.ts'
import type { Provider } from '../../provider.ts'

const BASE_URL = 'https://api.anthropic.com'
const OAUTH_BETA = 'oauth-2025-04-20'

/**
 * API keys (`sk-ant-…`) go in `x-api-key`, OAuth tokens (`sk-ant-oat…`) and other bearer tokens in `authorization`.
 * Source: https://platform.claude.com/docs/en/api/overview#authentication
 */
const credentials: Credentials = {
  env: ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN'],
  required: true,
  sign(request, secret, deployment) {
    if (!secret)
      throw createError({
        kind: 'authentication',
        message:
          'No Anthropic API key: set api_key on the deployment, or ANTHROPIC_API_KEY in the environment.',
        provider: 'anthropic',
      })
    const { headers } = request
    headers['anthropic-version'] ??= '2023-06-01'
    if (secret.startsWith('sk-ant-oat')) {
      headers.authorization = `Bearer ${secret}`
      headers['anthropic-beta'] = withBeta(headers['anthropic-beta'], OAUTH_BETA)
      headers['anthropic-dangerous-direct-browser-access'] = 'true'
    } else if (secret.startsWith('sk-ant-')) headers['x-api-key'] = secret
    else signForeign(request, secret, deployment)
  },
}

/**
 * A secret that is not one of Anthropic's keys: Anthropic itself takes only bearer tokens of that kind. A compatible
 * server gets what its configuration says, and both spellings when the secret came from an environment variable that
 * may hold either.
 */
function signForeign(request: OutgoingRequest, secret: string, deployment: Deployment): void {
  const { headers } = request
  const bearer =
    request.url.startsWith(`${BASE_URL}/`) || deployment.params?.use_bearer_for_custom_base === true
  if (!bearer) headers['x-api-key'] = secret
  if (bearer || deployment.apiKey === undefined) headers.authorization = `Bearer ${secret}`
}

function withBeta(header: string | undefined, beta: string): string {
  const betas = (header ?? '').split(',').map(word => word.trim())
  return [...new Set([...betas, beta])].filter(Boolean).join(',')
}

/** Anthropic's own API. */
export const anthropic: Provider = {
  name: 'anthropic',
  title: 'Anthropic',
  docs: 'https://platform.claude.com/docs/en/api/messages',
  baseUrl: BASE_URL,
  baseUrlEnv: ['ANTHROPIC_API_BASE', 'ANTHROPIC_BASE_URL'],
  credentials,
  endpoints: {
    chat: [{ codec: anthropicMessages, path: '/v1/messages' }],
    count_tokens: [{ codec: anthropicCountTokens, path: '/v1/messages/count_tokens' }],
  },
  exampleModels: [
    'claude-haiku-5-5',
    'claude-sonnet-5-5',
    'claude-opus-5-5',
    'claude-fable-5-1',
    'claude-opus-5',
    'claude-sonnet-5',
    'claude-opus-4-8',
    'claude-haiku-4-5',
  ],
}
