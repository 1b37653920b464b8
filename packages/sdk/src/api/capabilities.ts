import { capabilitiesOf, type ParamCapability } from '../capabilities/capabilities.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import { endpoints } from '../endpoints/registry.ts'
import { type Catalogue, factsOfDeployment } from '../models/catalogue.ts'
import { maxOutputTokens } from '../models/model-facts.ts'
import { findBinding } from '../providers/bind.ts'
import { resolveModel } from '../providers/naming/resolve.ts'
import type { Provider } from '../providers/provider.ts'
import { providers } from '../providers/registry.ts'
import type { Deployment } from '../types/deployment.ts'
import type { EndpointName } from '../types/endpoint-map.ts'
import { catalogue } from './host.ts'

export type { ParamCapability } from '../capabilities/capabilities.ts'

/**
 * What becomes of each OpenAI parameter at the model's provider: kept, renamed, approximated, clamped, dropped or
 * refused, and why. Found by sending a sample of each through the very translator that calls use. Empty for an endpoint
 * that the provider has not.
 *
 * @example
 * capabilities('anthropic/claude-sonnet-4-5').find(({ param }) => param === 'seed') // { action: 'refused', reason: … }
 */
export function capabilities(name: string, endpoint: EndpointName = 'chat'): ParamCapability[] {
  const { provider, model } = resolveModel(name, providers)
  const known = providers.get(provider)
  return known
    ? deploymentCapabilities(known, { id: name, group: name, provider, model }, endpoint, catalogue)
    : []
}

/** OpenAI's parameters that are not refused or dropped. LiteLLM: `get_supported_openai_params`. */
export function supportedParams(name: string, endpoint: EndpointName = 'chat'): string[] {
  return capabilities(name, endpoint)
    .filter(({ action }) => action !== 'refused' && action !== 'dropped')
    .map(({ param }) => param)
}

/** As `capabilities`, of one deployment. */
export function deploymentCapabilities<E extends EndpointName>(
  provider: Provider,
  deployment: Deployment,
  endpoint: E,
  prices: Catalogue,
): ParamCapability[] {
  const binding = findBinding(provider, endpoint, undefined, deployment.model)
  if (binding === undefined) return []
  const model = binding.model ? binding.model(deployment.model) : deployment.model
  return capabilitiesOf({
    endpoint: endpoints[endpoint] as Endpoint<E>,
    provider,
    codec: binding.codec,
    deployment: { ...deployment, model },
    maxOutputTokens: maxOutputTokens(factsOfDeployment(prices, deployment)),
  })
}
