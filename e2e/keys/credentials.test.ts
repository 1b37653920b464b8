import { afterAll, describe, expect, test } from 'vitest'
import { startRig } from '../gateway.ts'

const rig = await startRig({ config: { general_settings: { litellm_key_header_name: 'x-company-key' } } })
afterAll(() => rig.close())
const key = await rig.newKey()

const messages = [{ role: 'user', content: 'Hello there' }]
const contents = [{ role: 'user', parts: [{ text: 'Hello there' }] }]
const routes = {
  '/v1/chat/completions': { model: 'gpt-4o', messages },
  '/v1/messages': { model: 'gpt-4o', max_tokens: 9, messages },
  '/v1beta/models/gpt-4o:generateContent': { contents },
  '/v1/embeddings': { model: 'text-embedding-3-small', input: 'text' },
}

function call(path: string, body: unknown, headers: Record<string, string>): Promise<Response> {
  return fetch(`${rig.gateway.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
}

describe.each(Object.entries(routes))('on %s', (path, body) => {
  test.each([
    ['authorization', `Bearer ${key}`],
    ['authorization', `bearer ${key}`],
    ['authorization', `Basic ${Buffer.from(`anyone:${key}`).toString('base64')}`],
    ['x-litellm-api-key', key],
    ['x-litellm-api-key', `Bearer ${key}`],
    ['x-api-key', key],
    ['api-key', key],
    ['x-goog-api-key', key],
    ['ocp-apim-subscription-key', key],
    ['x-company-key', key],
    ['x-company-key', `Bearer ${key}`],
  ])('a key in %s opens', async (name, value) => {
    expect((await call(path, body, { [name]: value })).status).toBe(200)
  })

  test('no key, an empty one and one of another house do not', async () => {
    for (const headers of [
      {},
      { authorization: '' },
      { authorization: 'Bearer ' },
      { 'x-api-key': 'sk-ant-other' },
    ]) {
      const response = await call(path, body, headers as Record<string, string>)
      expect(response.status).toBe(401)
      expect(await response.json()).toMatchObject({
        error: { message: expect.stringContaining('Authentication Error') },
      })
    }
  })
})

test('?key= opens routes of Google only', async () => {
  const google = await call(`/v1beta/models/gpt-4o:generateContent?key=${key}`, { contents }, {})
  expect(google.status).toBe(200)
  const openai = await call(`/v1/chat/completions?key=${key}`, { model: 'gpt-4o', messages }, {})
  expect(openai.status).toBe(401)
})

test("LiteLLM's own header wins over the others", async () => {
  const headers = { 'x-litellm-api-key': key, authorization: 'Bearer sk-of-somebody-else' }
  expect((await call('/v1/chat/completions', { model: 'gpt-4o', messages }, headers)).status).toBe(200)
  const wrong = { 'x-litellm-api-key': 'sk-of-nobody', authorization: `Bearer ${key}` }
  expect((await call('/v1/chat/completions', { model: 'gpt-4o', messages }, wrong)).status).toBe(401)
})

test('a refused key is not repeated in the answer', async () => {
  const secret = 'sk-this-is-a-secret-of-somebody-1234'
  const response = await call(
    '/v1/chat/completions',
    { model: 'gpt-4o', messages },
    { authorization: `Bearer ${secret}` },
  )
  expect(await response.json()).toMatchObject({
    error: { type: 'token_not_found_in_db', code: '401', param: 'key' },
  })
  expect(rig.gateway.logs.join('\n')).not.toContain(secret)
})
