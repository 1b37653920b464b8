import { expect, test } from 'vitest'
import type { OutgoingRequest, SigningHost } from '../../../credentials/credentials.ts'
import type { EndpointName } from '../../../types/endpoint-map.ts'
import type { JsonObject } from '../../../types/json.ts'
import { bind, urlOf } from '../../bind.ts'
import { vertexAi, vertexAiBeta } from './vertex-ai.ts'

const PLACED = { vertex_project: 'my-project', vertex_location: 'europe-west4' }

interface Asked {
  readonly stream?: boolean
  readonly params?: JsonObject
  readonly endpoint?: EndpointName
  readonly apiKey?: string
  readonly apiBase?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** Where a model is called, and with what: a token given as `api_key` needs no network. */
async function signedFor(model: string, asked: Asked = {}): Promise<OutgoingRequest> {
  const { stream = false, params = PLACED, endpoint = 'chat', apiKey = 'ya29.t', environment = {} } = asked
  const deployment = {
    id: 'd',
    group: 'g',
    provider: 'vertex_ai',
    model,
    params,
    apiKey,
    apiBase: asked.apiBase,
  }
  const binding = bind(vertexAi, endpoint, undefined, model)
  const at = { model: binding.model?.(model) ?? model, stream, deployment }
  const request: OutgoingRequest = {
    method: 'POST',
    url: urlOf(vertexAi, binding, at, undefined),
    headers: {},
  }
  const host: SigningHost = {
    now: Date.now,
    secret: names => names.map(name => environment[name]).find(Boolean),
    exchange: () => Promise.reject(new Error('No network here.')),
  }
  await vertexAi.credentials.sign(request, undefined, deployment, host)
  return request
}

const urlFor = async (model: string, asked?: Asked) => (await signedFor(model, asked)).url
const EUROPE = 'https://europe-west4-aiplatform.googleapis.com/v1/projects/my-project/locations/europe-west4'

test.each([
  ['gemini-2.5-flash', '/publishers/google/models/gemini-2.5-flash:generateContent'],
  ['claude-sonnet-4-5@20250929', '/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict'],
  ['mistral-large@2411', '/publishers/mistralai/models/mistral-large@2411:rawPredict'],
  ['jamba-1.5-mini@001', '/publishers/ai21/models/jamba-1.5-mini@001:rawPredict'],
  ['meta/llama-3.3-70b-instruct-maas', '/endpoints/openapi/chat/completions'],
  ['openai/gpt-oss-120b-maas', '/endpoints/openapi/chat/completions'],
  ['openai/5464397967697903616', '/endpoints/5464397967697903616/chat/completions'],
  ['gemma/123', '/endpoints/123/chat/completions'],
  ['4965075652664360960', '/endpoints/4965075652664360960:generateContent'],
  ['gemini/4965075652664360960', '/endpoints/4965075652664360960:generateContent'],
])('%s is asked for at its maker’s place', async (model, path) => {
  expect(await urlFor(model)).toBe(EUROPE + path)
})

test('a name that would leave its place is refused', async () => {
  await expect(urlFor('../../evil?x=')).rejects.toThrow(/may not stand there/)
})

test('streams have verbs of their own', async () => {
  expect(await urlFor('gemini-2.5-flash', { stream: true })).toMatch(/:streamGenerateContent\?alt=sse$/)
  expect(await urlFor('claude-opus-4-8', { stream: true })).toMatch(/:streamRawPredict$/)
})

test('embeddings have a way for each family', async () => {
  const endpoint = 'embedding'
  expect(await urlFor('text-embedding-005', { endpoint })).toMatch(/text-embedding-005:predict$/)
  expect(await urlFor('gemini-embedding-001', { endpoint })).toMatch(/gemini-embedding-001:predict$/)
  expect(await urlFor('gemini-embedding-2-preview', { endpoint })).toMatch(/:embedContent$/)
  expect(await urlFor('multimodalembedding@001', { endpoint })).toMatch(/multimodalembedding@001:predict$/)
  expect(await urlFor('1234', { endpoint })).toBe(`${EUROPE}/endpoints/1234:predict`)
})

test('a resource named in full is where its name says', async () => {
  const name = 'projects/p/locations/us-east1/endpoints/12'
  expect(await urlFor(name, { params: { vertex_location: 'us-east1' } })).toBe(
    `https://us-east1-aiplatform.googleapis.com/v1/${name}:generateContent`,
  )
})

test.each([
  ['global', 'aiplatform.googleapis.com'],
  ['us', 'aiplatform.us.rep.googleapis.com'],
  ['eu', 'aiplatform.eu.rep.googleapis.com'],
  ['asia-south1', 'asia-south1-aiplatform.googleapis.com'],
])('the location %s has the host %s', async (vertex_location, host) => {
  const url = new URL(await urlFor('gemini-2.5-pro', { params: { ...PLACED, vertex_location } }))
  expect(url.host).toBe(host)
  expect(url.pathname).toContain(`/locations/${vertex_location}/`)
})

test.each([
  ['gemini-2.5-pro', 'us-central1'],
  ['gemini-3-pro-preview', 'global'],
  ['claude-opus-4-8', 'us-east5'],
  ['qwen/qwen3-coder-480b-a35b-instruct-maas', 'global'],
])('without a location, %s is asked for in %s', async (model, location) => {
  expect(await urlFor(model, { params: { vertex_project: 'p' } })).toContain(`/locations/${location}/`)
})

test('the environment may name project and location, and a location may not name a host', async () => {
  const environment = { VERTEXAI_PROJECT: 'p-env', VERTEXAI_LOCATION: 'us-west1' }
  expect(await urlFor('gemini-2.5-pro', { params: {}, environment })).toContain('/p-env/locations/us-west1/')
  const evil = signedFor('gemini-2.5-pro', { params: { vertex_project: 'p', vertex_location: 'evil.test/' } })
  await expect(evil).rejects.toMatchObject({ kind: 'bad_request', param: 'vertex_location' })
  const nowhere = signedFor('gemini-2.5-pro', { params: {} })
  await expect(nowhere).rejects.toMatchObject({ kind: 'bad_request', param: 'vertex_project' })
})

test('an API key stands for its project; a token is a bearer', async () => {
  const express = await signedFor('gemini-2.5-flash', { params: {}, apiKey: 'AQ.key' })
  expect(express.url).toBe(
    'https://aiplatform.googleapis.com/v1/publishers/google/models/gemini-2.5-flash:generateContent',
  )
  expect(express.headers).toEqual({ 'x-goog-api-key': 'AQ.key' })
  expect((await signedFor('gemini-2.5-flash', { apiKey: 'AQ.key' })).url).toContain('/projects/my-project/')
  expect((await signedFor('gemini-2.5-flash')).headers).toEqual({ authorization: 'Bearer ya29.t' })
})

test('a base URL of one’s own keeps its host, and may already be the whole address', async () => {
  expect(await urlFor('gemini-2.5-flash', { apiBase: 'https://psc.test' })).toBe(
    `https://psc.test/v1/projects/my-project/locations/europe-west4/publishers/google/models/gemini-2.5-flash:generateContent`,
  )
  const whole = 'https://proxy.test/v1/projects/p/locations/l/publishers/google/models/m'
  expect(await urlFor('gemini-2.5-flash', { apiBase: whole })).toBe(`${whole}:generateContent`)
  expect(await urlFor('gemini-2.5-flash', { apiBase: whole, stream: true })).toBe(
    `${whole}:streamGenerateContent?alt=sse`,
  )
})

test('the beta provider and `api_version` change the version', () => {
  const at = { model: 'm', stream: false, deployment: { id: 'd', group: 'g', provider: 'v', model: 'm' } }
  const binding = bind(vertexAiBeta, 'chat', undefined, 'm')
  expect(urlOf(vertexAiBeta, binding, at, undefined)).toContain('/v1beta1/projects/')
  const other = { ...at, deployment: { ...at.deployment, apiVersion: 'v1alpha' } }
  expect(urlOf(vertexAiBeta, binding, other, undefined)).toContain('/v1alpha/projects/')
})
