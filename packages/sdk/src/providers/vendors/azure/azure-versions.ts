import type { OutgoingRequest, SigningHost } from '../../../credentials/credentials.ts'
import { badRequest } from '../../../errors.ts'
import type { Deployment } from '../../../types/deployment.ts'
import { isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { ParamRules } from '../../provider.ts'

/** The version LiteLLM falls back to when none is configured. */
const DEFAULT_API_VERSION = '2025-02-01-preview'
const UNIFIED = new Set(['v1', 'latest', 'preview'])

interface At {
  readonly model: string
  readonly deployment: Deployment
  readonly base?: string | undefined
}

/**
 * Azure addresses a deployment in the path, or by the body's `model` on the v1 route (`api_version` v1, preview or
 * latest; or an `api_base` that ends in `/openai/v1`). A base that already names a deployment is kept.
 */
export function azurePath(operation: string) {
  return ({ model, deployment, base }: At): string => {
    const { apiVersion = DEFAULT_API_VERSION } = deployment
    const apiBase = base ?? deployment.apiBase ?? ''
    if (apiBase.includes('?'))
      throw badRequest(
        'api_base: leave out the query; set the version as api_version, for example "2024-10-21".',
        'api_base',
      )
    const query = `?api-version=${encodeURIComponent(apiVersion)}`
    if (/\/openai\/v1\/?$/.test(apiBase)) return apiVersion === 'preview' ? operation + query : operation
    if (UNIFIED.has(apiVersion)) return `/openai/v1${operation}${apiVersion === 'preview' ? query : ''}`
    if (apiBase.includes('/openai/deployments/')) return operation + query
    return `/openai/deployments/${encodeURIComponent(model)}${operation}${query}`
  }
}

/** Responses name the model in the body, so no deployment stands in their path. */
export function azureResponsesPath({ deployment, base }: At): string {
  const { apiVersion = DEFAULT_API_VERSION } = deployment
  if (UNIFIED.has(apiVersion) || /\/openai\/v1\/?$/.test(base ?? deployment.apiBase ?? ''))
    return azurePath('/responses')({ model: '', deployment, base })
  return `/openai/responses?api-version=${encodeURIComponent(apiVersion)}`
}

/** `AZURE_API_VERSION` stands in for a version that the deployment does not give. */
export function setVersionFromEnvironment(
  request: OutgoingRequest,
  deployment: Deployment,
  host: SigningHost,
): void {
  const version = deployment.apiVersion === undefined ? host.secret(['AZURE_API_VERSION']) : undefined
  const url = new URL(request.url)
  if (version === undefined || UNIFIED.has(version) || !url.searchParams.has('api-version')) return
  url.searchParams.set('api-version', version)
  request.url = url.href
}

/**
 * What older versions of the API do not know. Dates compare as text.
 * Source: https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
 */
export function versionParams(version: string | undefined, request: JsonObject): ParamRules {
  if (version === undefined || !/^\d{4}-\d\d-\d\d/.test(version)) return {}
  const format = isJsonObject(request.response_format) ? request.response_format.type : undefined
  const choice = request.tool_choice
  return {
    ...(version < '2023-12-01' && { tool_choice: 'refuse', tools: 'refuse', response_format: 'refuse' }),
    ...(version < '2024-06-01' && choice === 'required' && { tool_choice: 'refuse' }),
    ...(version < '2024-08-01' && format === 'json_schema' && { response_format: 'refuse' }),
    ...(version < '2024-12-01' && { reasoning_effort: 'refuse' }),
  }
}
