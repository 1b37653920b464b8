import { startUpstream } from '@sluice/testkit'
import { providers } from 'sluice/internal'
import { afterAll, describe, expect, test } from 'vitest'
import { openaiClient } from '../clients/sdk-clients.ts'
import { eventually } from '../eventually.ts'
import { startRig } from '../gateway.ts'
import type { SpendLog } from '../spend-log.ts'
import { signInEnvironment } from './deployments.ts'
import { CALLS } from './endpoint-calls.ts'
import { ENDPOINTS, endpointDeployments, NOT_YET_PLAYED } from './endpoint-deployments.ts'

const upstream = await startUpstream({ recordLimit: 5_000 })
// Jobs are done at the first look, so that nobody waits for the second.
upstream.script({ job: { runningPolls: 0 }, times: Number.POSITIVE_INFINITY })
const all = endpointDeployments(upstream)
const played = all.filter(({ name }) => NOT_YET_PLAYED[name] === undefined)
const isSearch = ({ endpoint }: { endpoint: string }) => endpoint === 'search'
const rig = await startRig({
  upstream,
  env: { ...signInEnvironment(upstream), DATAFORSEO_PASSWORD: 'pass' },
  models: played
    .filter(each => !isSearch(each))
    .map(({ name, params }) => ({ model_name: name, litellm_params: params })),
  config: {
    search_tools: played.filter(isSearch).map(({ name, provider, params: { model: _, ...params } }) => ({
      search_tool_name: name,
      litellm_params: { search_provider: provider, ...params },
    })),
  },
})
const client = openaiClient(rig)
afterAll(async () => {
  await rig.close()
  await upstream.close()
})

/** Search tools are a group each, apart from models of the same name. */
const groupOf = ({ endpoint, name }: { endpoint: string; name: string }) =>
  endpoint === 'search' ? `search/${name}` : name

const answered = new Map<string, (typeof played)[number]>()

test('nothing is excused that is played, and everything that is excused exists', () => {
  const names = new Set(all.map(({ name }) => name))
  expect(Object.keys(NOT_YET_PLAYED).filter(name => !names.has(name))).toEqual([])
})

describe.each(ENDPOINTS)('%s', endpoint => {
  test.each(played.filter(each => each.endpoint === endpoint))('$provider', async deployment => {
    const { name } = deployment
    const response = await CALLS[endpoint](client, name, rig.gateway)
    const id = response.headers.get('x-litellm-call-id')
    expect(id).toMatch(/^[\w-]{36}$/)
    expect(response.headers.get('x-litellm-model-group')).toBe(groupOf(deployment))
    answered.set(String(id), deployment)
  })
})

test('every answer is in the spend log, under its endpoint and provider', async () => {
  const rows = await eventually('a row for every answer', async () => {
    const logs = (await (await rig.admin('/spend/logs?size=1000')).json()) as readonly SpendLog[]
    const found = new Map(logs.map(log => [log.request_id, log]))
    return [...answered.keys()].every(id => found.has(id)) && found
  })
  for (const [id, deployment] of answered) {
    const { provider, endpoint } = deployment
    expect(rows.get(id)).toMatchObject({
      status: 'success',
      model_group: groupOf(deployment),
      call_type: `a${endpoint}`,
      custom_llm_provider: expect.stringMatching(`^${provider}(_chat)?$`),
    })
  }
})

test('the registry has no endpoint that nobody plays', () => {
  const asked = new Set<string>([...ENDPOINTS, 'chat', 'count_tokens'])
  const followed = /^video_(status|content|remix|delete|list)$/
  const unknown = [...providers.values()]
    .flatMap(({ endpoints }) => Object.keys(endpoints))
    .filter(name => !asked.has(name) && !followed.test(name))
  expect([...new Set(unknown)]).toEqual([])
})
