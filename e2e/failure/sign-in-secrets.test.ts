import { randomBytes } from 'node:crypto'
import { startUpstream } from '@sluice/testkit'
import { afterAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { post, startRig } from '../gateway.ts'

const canaries: string[] = []
function canary(): string {
  const made = `canary${randomBytes(12).toString('hex')}`
  canaries.push(made)
  return made
}

const upstream = await startUpstream()
const nowhere = `${upstream.url}/no/such/place`
/** A way to sign in each, whose secrets are no secrets to the deployment alone. */
const signIns: Readonly<Record<string, object>> = {
  'bedrock/m': {
    aws_access_key_id: canary(),
    aws_secret_access_key: canary(),
    aws_session_token: canary(),
    aws_region_name: 'us-east-1',
  },
  'azure/m': { tenant_id: 't', client_id: 'c', client_secret: canary() },
  'azure/n': { azure_ad_token: canary() },
  'vertex_ai/gemini-2.5-flash': {
    vertex_project: 'p',
    vertex_credentials: JSON.stringify({
      type: 'service_account',
      client_email: 'a@b.example',
      private_key: `-----BEGIN PRIVATE KEY-----\n${canary()}\n-----END PRIVATE KEY-----`,
    }),
  },
  'vertex_ai/gemini-2.5-pro': {
    vertex_project: 'p',
    vertex_credentials: JSON.stringify({
      ...{ type: 'authorized_user', client_id: 'c', client_secret: canary(), refresh_token: canary() },
      token_uri: nowhere,
    }),
  },
  'oci/meta.llama': {
    ...{ oci_user: 'u', oci_tenancy: 't', oci_fingerprint: 'f', oci_compartment_id: 'o' },
    oci_key: `-----BEGIN PRIVATE KEY-----\n${canary()}\n-----END PRIVATE KEY-----`,
  },
  'sap/gpt-5': { client_id: 'c', client_secret: canary(), auth_url: nowhere, aicore_base_url: nowhere },
  'sap/gpt-4o': {
    api_key: JSON.stringify({
      ...{ clientid: 'c', clientsecret: canary(), url: nowhere },
      serviceurls: { AI_API_URL: nowhere },
    }),
  },
  'gigachat/GigaChat': { api_key: canary(), gigachat_auth_url: nowhere },
  'watsonx/m': { api_key: canary(), project_id: 'p' },
  'databricks/m': { client_id: 'c', client_secret: canary() },
  'snowflake/m': { api_key: `pat/${canary()}`, account_id: 'a' },
}

const rig = await startRig({
  upstream,
  models: Object.entries(signIns).map(([model, params]) => ({
    model_name: model,
    litellm_params: { model, api_base: nowhere, ...params },
  })),
  env: {
    AZURE_AUTHORITY_HOST: upstream.url,
    SLUICE_ENTRA_AUTHORITIES: upstream.url,
    WATSONX_IAM_URL: nowhere,
    LITELLM_LOG: 'DEBUG',
  },
  args: ['--log-level', 'trace'],
})
afterAll(async () => {
  await rig.close()
  await upstream.close()
})

const messages = [{ role: 'user', content: 'Hello' }]

test('Guardrail logging leaked Authorization headers: no secret that a deployment signs in with is told', async () => {
  const key = await rig.newKey()
  const told: string[] = []
  const read = async (response: Response) => {
    told.push(JSON.stringify([...response.headers]), await response.text())
    return response.status
  }
  for (const model of Object.keys(signIns)) {
    for (const more of [{}, { stream: true }]) {
      const status = await read(
        await post(rig.gateway, '/v1/chat/completions', { model, messages, ...more }, key),
      )
      expect([model, status]).toEqual([model, expect.any(Number)])
      expect(status).toBeGreaterThanOrEqual(400)
    }
    await read(await post(rig.gateway, `/v1/capabilities?model=${model}`, undefined, key))
  }
  for (const path of ['/model/info', '/v1/model/info', '/v1/models', '/metrics', '/health/readiness'])
    await read(await post(rig.gateway, path, undefined, rig.gateway.masterKey))
  const rows = await eventually('the calls are written down', async () => {
    const text = await (await rig.admin('/spend/logs')).text()
    return text.includes('GigaChat') && text
  })
  told.push(rows, rig.gateway.logs.join('\n'))
  expect(canaries.length).toBeGreaterThan(12)
  for (const secret of canaries) {
    const place = told.findIndex(text => text.includes(secret))
    expect([place, told[place]?.slice(0, 500)]).toEqual([-1, undefined])
  }
})
