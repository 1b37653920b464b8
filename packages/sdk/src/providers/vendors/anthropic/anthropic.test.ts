import { describe, expect, test } from 'vitest'
import { sdkHost } from '../../../api/host.ts'
import type { OutgoingRequest } from '../../../credentials/credentials.ts'
import type { Deployment } from '../../../types/deployment.ts'
import { urlOf } from '../../bind.ts'
import { anthropic } from './anthropic.ts'

const signingHost = sdkHost().signing

const deployment: Deployment = { id: 'd', group: 'g', provider: 'anthropic', model: 'claude-x' }

async function sign(secret: string | undefined, over: Partial<OutgoingRequest & Deployment> = {}) {
  const request: OutgoingRequest = {
    method: 'POST',
    url: 'https://api.anthropic.com/v1/messages',
    headers: {},
    ...over,
  }
  await anthropic.credentials.sign(request, secret, { ...deployment, ...over } as Deployment, signingHost)
  return request.headers
}

describe('credentials', () => {
  test('an API key goes in x-api-key, with the version', async () => {
    expect(await sign('sk-ant-api03-x')).toEqual({
      'x-api-key': 'sk-ant-api03-x',
      'anthropic-version': '2023-06-01',
    })
  })

  test('an OAuth token is a bearer token, and its beta joins the others', async () => {
    const headers = await sign('sk-ant-oat01-x', {
      headers: { 'anthropic-beta': 'a-1', 'anthropic-version': 'v' },
    })
    expect(headers).toMatchObject({
      authorization: 'Bearer sk-ant-oat01-x',
      'anthropic-beta': 'a-1,oauth-2025-04-20',
      'anthropic-version': 'v',
    })
    expect(headers).not.toHaveProperty('x-api-key')
  })

  test('any other secret is a bearer token at Anthropic', async () => {
    const headers = await sign('token')
    expect(headers.authorization).toBe('Bearer token')
    expect(headers).not.toHaveProperty('x-api-key')
  })

  test('at a compatible server the configuration decides, and an environment variable may hold either', async () => {
    const at = { url: 'https://api.anthropic.com.evil.test/v1/messages', apiKey: 'k' }
    expect(await sign('k', at)).toEqual({ 'x-api-key': 'k', 'anthropic-version': '2023-06-01' })
    const bearer = await sign('k', { ...at, headers: {}, params: { use_bearer_for_custom_base: true } })
    expect(bearer).toMatchObject({ authorization: 'Bearer k' })
    expect(bearer).not.toHaveProperty('x-api-key')
    expect(await sign('k', { url: 'https://proxy.test/v1/messages' })).toMatchObject({
      'x-api-key': 'k',
      authorization: 'Bearer k',
    })
  })

  test('no secret is an authentication error that says what to set', async () => {
    await expect(sign(undefined)).rejects.toThrow(/ANTHROPIC_API_KEY/)
  })
})

test.each([
  [undefined, 'https://api.anthropic.com/v1/messages'],
  ['https://p.test', 'https://p.test/v1/messages'],
  ['https://p.test/v1', 'https://p.test/v1/messages'],
  ['https://p.test/v1/', 'https://p.test/v1/messages'],
  ['https://p.test/v1/messages', 'https://p.test/v1/messages'],
])('with base %s the URL is %s', (apiBase, url) => {
  const binding = anthropic.endpoints.chat?.[0]
  if (!binding) throw new Error('no chat')
  const at = { model: 'm', stream: false, deployment: apiBase ? { ...deployment, apiBase } : deployment }
  expect(urlOf(anthropic, binding, at, undefined)).toBe(url)
})
