import type { Deployment } from '../../../types/deployment.ts'
import { azurePath } from './azure-versions.ts'

/** Of the model inference API; each resource takes it. */
const DEFAULT_API_VERSION = '2024-05-01-preview'
const UNIFIED = new Set(['v1', 'latest', 'preview'])

/** Pay-as-you-go deployments of one model, each at a host of its own. */
const SERVERLESS = ['.models.ai.azure.com', '.inference.ai.azure.com', '.inference.ml.azure.com']

interface At {
  readonly model: string
  readonly deployment: Deployment
  readonly base?: string | undefined
}

/** True for the host of a serverless deployment, which wants its key as a bearer token. */
export function isServerless(url: string): boolean {
  const host = hostOf(url)
  return SERVERLESS.some(suffix => host.endsWith(suffix))
}

/**
 * Where Foundry serves an operation: the v1 route when the base or `api_version` says so, a deployment's path at an
 * Azure OpenAI host, `/v1` at a serverless host, else the model inference API.
 * Source: https://learn.microsoft.com/azure/ai-foundry/foundry-models/concepts/endpoints
 */
export function foundryPath(operation: string) {
  return (at: At): string => {
    const { apiVersion = DEFAULT_API_VERSION } = at.deployment
    const base = at.base ?? at.deployment.apiBase ?? ''
    const isVersioned = /\/openai\/v1\/?$/.test(base) || UNIFIED.has(apiVersion)
    if (isVersioned || hostOf(base).endsWith('.openai.azure.com')) return azurePath(operation)(at)
    if (isServerless(base)) return `/v1${operation}`
    const query = `?api-version=${encodeURIComponent(apiVersion)}`
    return /\/models\/?$/.test(base) ? operation + query : `/models${operation}${query}`
  }
}

/** Claude has Anthropic's own paths; people write the base with and without `/anthropic`. */
export function claudePath(operation: string) {
  return ({ base, deployment }: At): string =>
    /\/anthropic\/?$/.test(base ?? deployment.apiBase ?? '') ? operation : `/anthropic${operation}`
}

/** Cohere's own path at a serverless host, and below its maker's name at a resource. */
export function rerankPath({ base, deployment }: At): string {
  return isServerless(base ?? deployment.apiBase ?? '') ? '/v2/rerank' : '/providers/cohere/v2/rerank'
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : ''
}
