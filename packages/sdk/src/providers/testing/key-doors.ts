import { generateKeyPairSync } from 'node:crypto'
import { testOciUser, type Upstream } from '@sluice/testkit'
import type { JsonObject } from '../../types/json.ts'
import type { Door } from './doors.ts'

/** What a wire's own user says besides the key, in the parameters that LiteLLM names. */
function ociParams(): JsonObject {
  const { user, tenancy, fingerprint, compartment } = testOciUser()
  return {
    oci_user: user,
    oci_tenancy: tenancy,
    oci_fingerprint: fingerprint,
    oci_compartment_id: compartment,
  }
}

/** Another key than the one the wire knows. */
function strangersKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  return String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
}

function serviceKey(upstream: Upstream, secret: string): string {
  return JSON.stringify({
    clientid: 'sb-testkit!b1',
    clientsecret: secret,
    url: upstream.url,
    serviceurls: { AI_API_URL: upstream.baseUrl('sap') },
  })
}

const sapPath = '/sap/v2/inference/deployments/d1'

/** Doors of providers whose key is traded or signed with: the wire verifies what came of it. */
export const KEY_DOORS: Readonly<Record<string, Door>> = {
  gigachat: {
    chat: /^\/gigachat\/api\/v1\/chat\/completions$/,
    base: '/gigachat/api/v1',
    key: { good: () => 'c2VjcmV0LWNvbnRyYWN0', bad: () => 'bad-key' },
    params: upstream => ({ gigachat_auth_url: `${upstream.url}/gigachat/api/v2/oauth` }),
  },
  oci: {
    chat: /^\/20231130\/actions\/chat$/,
    base: '',
    key: { good: () => testOciUser().key, bad: strangersKey },
    params: ociParams,
  },
  sap: {
    chat: /^\/sap\/v2\/inference\/deployments\/d1\/v2\/completion$/,
    base: sapPath,
    key: {
      good: upstream => serviceKey(upstream, 'contract-secret'),
      bad: upstream => serviceKey(upstream, 'bad-key'),
    },
  },
}

/** Doors of agents' servers, which tell no usage. */
export const AGENT_DOORS: Readonly<Record<string, Door>> = {
  a2a: { chat: /^\/a2a\/agent$/, base: '/a2a/agent', usage: false },
  langflow: { chat: /^\/langflow\/api\/v1\/run\/m$/, base: '/langflow', usage: false },
  langgraph: { chat: /^\/langgraph\/runs\/(wait|stream)$/, base: '/langgraph' },
  manus: { chat: /^\/manus\/v1\/responses/, base: '/manus', usage: false },
  pydantic_ai_agents: { chat: /^\/a2a\/agent$/, base: '/a2a/agent', usage: false },
}
