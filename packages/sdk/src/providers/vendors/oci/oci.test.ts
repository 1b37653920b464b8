import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startUpstream, testOciUser, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { endpoints } from '../../../endpoints/registry.ts'
import type { ChatTool } from '../../../types/chat.ts'
import { ProviderCaller } from '../../testing/provider-caller.ts'
import { oci } from './oci.ts'

let upstream: Upstream
let folder: string
beforeAll(async () => {
  upstream = await startUpstream({ wires: ['oci'] })
  folder = await mkdtemp(join(tmpdir(), 'oci-'))
})
afterAll(async () => {
  await upstream.close()
  await rm(folder, { recursive: true })
})

const user = testOciUser()
const params = { oci_user: user.user, oci_tenancy: user.tenancy, oci_fingerprint: user.fingerprint }
const deployment = (model: string, more = {}) => ({
  model,
  apiBase: upstream.url,
  params: { ...params, oci_key: user.key, oci_compartment_id: user.compartment, ...more },
})
const tools: ChatTool[] = ['get_weather', 'find'].map(name => ({
  type: 'function',
  function: {
    name,
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}))
const both = { messages: [{ role: 'user' as const, content: 'Do both' }], tools }

test.each(['meta.llama-3.3-70b-instruct', 'cohere.command-a-03-2025'])(
  '%s calls tools and reads their results, whole and streamed alike',
  async model => {
    const caller = new ProviderCaller(oci)
    const options = { endpoint: 'chat' as const, deployment: deployment(model) }
    const whole = await caller.whole({ ...options, request: both })
    const chunks = await caller.stream({ ...options, request: both })
    const names = ['get_weather', 'find']
    expect(whole.choices[0]?.message.tool_calls?.map(call => call.function.name)).toEqual(names)
    expect(whole.choices[0]?.finish_reason).toBe('tool_calls')
    const streamed = endpoints.chat.fold?.(chunks)?.choices[0]
    expect(streamed?.message.tool_calls?.map(call => call.function)).toEqual(
      whole.choices[0]?.message.tool_calls?.map(call => call.function),
    )
    const calls = whole.choices[0]?.message.tool_calls ?? []
    const results = calls.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: '21' }))
    const request = {
      ...both,
      messages: [
        ...both.messages,
        { role: 'assistant' as const, content: null, tool_calls: calls },
        ...results,
      ],
    }
    const answer = await caller.whole({ ...options, request })
    expect(answer.choices[0]?.message.content).toBe('The tool answered: 21; 21')
  },
)

test('keys and names may all lie in the environment, the key in a file', async () => {
  const caller = new ProviderCaller(oci)
  const file = join(folder, 'key.pem')
  await writeFile(file, user.key)
  caller.environment = {
    OCI_USER: user.user,
    OCI_TENANCY: user.tenancy,
    OCI_FINGERPRINT: user.fingerprint,
    OCI_COMPARTMENT_ID: user.compartment,
    OCI_KEY_FILE: file,
  }
  const reply = await caller.whole({
    endpoint: 'embedding',
    deployment: { model: 'cohere.embed-v4.0', apiBase: upstream.url },
    request: { input: ['one', 'two words'], dimensions: 8, input_type: 'search_query' },
  })
  expect(reply.data.map(({ embedding }) => embedding.length)).toEqual([8, 8])
  expect(reply.usage).toEqual({ prompt_tokens: 3, total_tokens: 3 })
  expect(upstream.requests.at(-1)?.body).toMatchObject({
    compartmentId: user.compartment,
    inputType: 'SEARCH_QUERY',
    servingMode: { servingType: 'ON_DEMAND', modelId: 'cohere.embed-v4.0' },
  })
})

test('a dedicated endpoint is asked by its id', async () => {
  const caller = new ProviderCaller(oci)
  const endpoint = 'ocid1.generativeaiendpoint.oc1..a'
  await caller.whole({
    endpoint: 'chat',
    deployment: deployment(endpoint),
    request: { messages: both.messages },
  })
  expect(upstream.requests.at(-1)?.body).toMatchObject({
    servingMode: { servingType: 'DEDICATED', endpointId: endpoint },
  })
})

test('the region is the deployment’s, the environment’s or LiteLLM’s', async () => {
  const signed = async (own: Record<string, string>, env: Record<string, string> = {}) => {
    const request = { method: 'POST' as const, url: `${String(oci.baseUrl)}/x`, headers: {}, body: '{}' }
    const { params: all } = deployment('m', own)
    const host = {
      now: Date.now,
      secret: (names: readonly string[]) => env[names[0] ?? ''],
      exchange: () => Promise.reject(new Error('No.')),
    }
    await oci.credentials.sign(
      request,
      undefined,
      { id: 'd', group: 'g', provider: 'oci', model: 'm', params: all },
      host,
    )
    return new URL(request.url).host
  }
  expect(await signed({ oci_region: 'eu-frankfurt-1' })).toBe(
    'inference.generativeai.eu-frankfurt-1.oci.oraclecloud.com',
  )
  expect(await signed({}, { OCI_REGION: 'uk-london-1' })).toBe(
    'inference.generativeai.uk-london-1.oci.oraclecloud.com',
  )
  expect(await signed({})).toBe('inference.generativeai.us-ashburn-1.oci.oraclecloud.com')
})

test('what is missing is named with its remedy, and a bad key is not repeated', async () => {
  const caller = new ProviderCaller(oci)
  const request = { messages: both.messages }
  const none = await caller.failure({
    endpoint: 'chat',
    deployment: { model: 'm', apiBase: upstream.url },
    request,
  })
  expect(none).toMatchObject({
    kind: 'authentication',
    message: expect.stringContaining('OCI_COMPARTMENT_ID') as string,
  })
  const bad = await caller.failure({
    endpoint: 'chat',
    deployment: deployment('m', { oci_key: 'not-a-key-0123456789' }),
    request,
  })
  expect(bad.kind).toBe('authentication')
  expect(bad.message).toContain('PEM')
  expect(bad.message).not.toContain('not-a-key')
})

test('Cohere’s models cannot be made to call a tool, and say so', async () => {
  const caller = new ProviderCaller(oci)
  const error = await caller.failure({
    endpoint: 'chat',
    deployment: deployment('cohere.command-a-03-2025'),
    request: { ...both, tool_choice: 'required' },
  })
  expect(error).toMatchObject({ kind: 'unsupported_params', param: 'tool_choice' })
})
