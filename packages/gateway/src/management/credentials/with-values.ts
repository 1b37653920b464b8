import { CREDENTIAL_PARAMS, type Deployment, type JsonObject, wordOf } from 'sluice/internal'

/** Fields of a credential that a deployment has a place of its own for. */
const OWN_FIELDS = ['api_key', 'api_base', 'base_url', 'api_version', 'organization', 'region_name'] as const

/** True for fields of `litellm_params` that say how to reach and convince a provider. */
export function isCredentialField(name: string): boolean {
  return CREDENTIAL_PARAMS.has(name) || OWN_FIELDS.some(own => own === name)
}

/** Lays a credential's values under a deployment; what the deployment says itself wins. */
export function withValues(deployment: Deployment, values: JsonObject): Deployment {
  const { api_key, api_base, base_url, api_version, organization, region_name, ...params } = values
  return {
    ...deployment,
    apiKey: deployment.apiKey ?? text(api_key),
    apiBase: deployment.apiBase ?? text(api_base ?? base_url)?.replace(/\/+$/, ''),
    apiVersion: deployment.apiVersion ?? text(api_version),
    organization: deployment.organization ?? text(organization),
    region: deployment.region ?? text(region_name),
    params: { ...params, ...deployment.params },
  }
}

/** What a deployment says of how to reach and convince its provider, under the names of `litellm_params`. */
export function valuesOf(deployment: Deployment): Record<string, unknown> {
  const { apiKey, apiBase, apiVersion, organization, region, params = {} } = deployment
  const named = Object.entries(params).filter(([name]) => CREDENTIAL_PARAMS.has(name))
  const own = {
    api_key: apiKey,
    api_base: apiBase,
    api_version: apiVersion,
    organization,
    region_name: region,
  }
  const all = [...Object.entries(own), ...named]
  return Object.fromEntries(all.filter((pair): pair is [string, unknown] => pair[1] != null))
}

function text(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : wordOf(value)
}
