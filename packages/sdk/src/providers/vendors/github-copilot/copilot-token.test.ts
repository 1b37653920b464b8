import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OutgoingRequest, SigningHost } from '../../../credentials/credentials.ts'
import type { Deployment } from '../../../types/deployment.ts'
import { copilotToken } from './copilot-token.ts'

const deployment: Deployment = { id: 'd', group: 'g', provider: 'github_copilot', model: 'm' }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'copilot-'))
  await writeFile(join(folder, 'access-token'), 'ghu_fromfile\n')
})
afterAll(() => rm(folder, { recursive: true }))

function hostWith(reply: { status: number; body: unknown }, environment: Record<string, string> = {}) {
  const asked: OutgoingRequest[] = []
  const host: SigningHost = {
    now: () => 1_000_000,
    secret: names => names.map(name => environment[name]).find(value => value !== undefined),
    async exchange(request) {
      asked.push(request)
      return { status: reply.status, headers: {}, body: Buffer.from(JSON.stringify(reply.body)) }
    },
  }
  return { host, asked }
}

const requestTo = (url = 'https://api.githubcopilot.com/chat/completions'): OutgoingRequest => ({
  method: 'POST',
  url,
  headers: {},
})

const issued = {
  status: 200,
  body: {
    token: 'tid=1',
    expires_at: 10_000,
    endpoints: { api: 'https://api.business.githubcopilot.com' },
  },
}

describe('copilotToken', () => {
  test('an account’s token is exchanged once, and calls go to the account’s own address', async () => {
    const credentials = copilotToken([])
    const { host, asked } = hostWith(issued, { GITHUB_COPILOT_TOKEN_DIR: folder })
    const request = requestTo()
    await credentials.sign(request, undefined, deployment, host)
    await credentials.sign(requestTo(), undefined, deployment, host)
    expect(asked.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['https://api.github.com/copilot_internal/v2/token', 'token ghu_fromfile'],
    ])
    expect(request.headers.authorization).toBe('Bearer tid=1')
    expect(request.url).toBe('https://api.business.githubcopilot.com/chat/completions')
  })

  test('a key that is no GitHub token is used as it is, and one’s own address stays', async () => {
    const { host, asked } = hostWith(issued)
    const request = requestTo('https://proxy.example/chat/completions')
    await copilotToken([]).sign(request, 'tid=mine', deployment, host)
    expect(asked).toEqual([])
    expect(request).toMatchObject({
      url: 'https://proxy.example/chat/completions',
      headers: { authorization: 'Bearer tid=mine' },
    })
  })

  test('an address that is not Copilot’s gets no token', async () => {
    const elsewhere = { ...issued, body: { ...issued.body, endpoints: { api: 'https://evil.example' } } }
    const request = requestTo()
    await copilotToken([]).sign(request, 'ghu_1', deployment, hostWith(elsewhere).host)
    expect(request.url).toBe('https://api.githubcopilot.com/chat/completions')
  })

  test('without a token file the error says how to get one', async () => {
    const { host } = hostWith(issued, { GITHUB_COPILOT_TOKEN_DIR: join(folder, 'none') })
    await expect(copilotToken([]).sign(requestTo(), undefined, deployment, host)).rejects.toMatchObject({
      kind: 'authentication',
      message: expect.stringContaining('GITHUB_COPILOT_TOKEN'),
    })
  })

  test('an account without Copilot is an authentication error that does not show its token', async () => {
    const { host } = hostWith({ status: 403, body: { message: 'no seat' } })
    const failure = copilotToken([]).sign(requestTo(), 'ghu_secret', deployment, host)
    await expect(failure).rejects.toMatchObject({ kind: 'authentication' })
    await expect(failure).rejects.not.toMatchObject({ message: expect.stringContaining('ghu_secret') })
  })
})
