import { createHash } from 'node:crypto'
import { CREDENTIAL_PARAMS } from '../../providers/params/credential-params.ts'
import type { Deployment } from '../../types/deployment.ts'

/** Tells deployments that sign with the same credential at the same place, by a hash: the secret is kept nowhere. */
export function credentialKey(deployment: Deployment): string {
  const { provider, apiKey, apiBase, organization, outOfOrder, params = {} } = deployment
  const own = Object.keys(params)
    .filter(name => CREDENTIAL_PARAMS.has(name))
    .sort()
    .map(name => [name, params[name]])
  const missing = outOfOrder === undefined ? [] : [outOfOrder]
  const told = JSON.stringify([provider, apiKey, apiBase, organization, own, ...missing])
  return `credential:${createHash('sha256').update(told).digest('base64url')}`
}
