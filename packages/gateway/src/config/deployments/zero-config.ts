import type { Deployment, Provider } from 'sluice/internal'
import type { Environment } from '../source/references.ts'
import { deploymentId } from './deployment-id.ts'

/** The model that answers without a key or a network, offered where there is no config file. */
export const ECHO_MODEL = 'sluice-echo'
const ECHO_UPSTREAM = { provider: 'mock', model: 'echo' }
/** An unknown price is not 0, so what is free says so. */
const FREE = { input_cost_per_token: 0, output_cost_per_token: 0 }

/**
 * Deployments for a start without a config file: for each provider whose key variable is set, `<provider>/*` and its
 * example models by their bare names; always the built-in echo model. A vendor's second provider (its older API) that
 * reads the same variable is left to config files. Keys stay in the environment.
 */
export function zeroConfig(environment: Environment, providers: Iterable<Provider>): readonly Deployment[] {
  const deployments: Deployment[] = [
    { ...deployment(ECHO_MODEL, ECHO_UPSTREAM.provider, ECHO_UPSTREAM.model), modelInfo: FREE },
  ]
  const taken = new Set([ECHO_MODEL])
  const claimed = new Set<string>()
  for (const { name, credentials, exampleModels = [] } of providers) {
    const found = credentials.env.find(variable => environment.get(variable))
    if (found === undefined || claimed.has(found)) continue
    claimed.add(found)
    deployments.push(deployment(`${name}/*`, name, '*'))
    for (const model of exampleModels) {
      if (taken.has(model)) continue
      taken.add(model)
      deployments.push(deployment(model, name, model))
    }
  }
  return deployments
}

function deployment(group: string, provider: string, model: string): Deployment {
  return { id: deploymentId(group, { provider, model }), group, provider, model }
}
