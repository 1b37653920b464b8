import Anthropic from '@anthropic-ai/sdk'
import { ApiError } from '@google/genai'
import OpenAI from 'openai'
import { afterAll, describe, expect, test } from 'vitest'
import { providers, type Rig, startRig } from '../gateway.ts'
import { anthropicClient, googleClient, openaiClient } from './sdk-clients.ts'

const rig = await startRig()
afterAll(() => rig.close())

type Failure = Error & { status: number; headers?: Headers }

/** One question by each client; each gives the error it threw. */
const clients = {
  openai: (at: Rig, model: string, key?: string) =>
    failureOf(
      openaiClient(at, key).chat.completions.create({ model, messages: [{ role: 'user', content: 'Hi' }] }),
    ),
  anthropic: (at: Rig, model: string, key?: string) =>
    failureOf(
      anthropicClient(at, key).messages.create({
        model,
        max_tokens: 9,
        messages: [{ role: 'user', content: 'Hi' }],
      }),
    ),
  google: (at: Rig, model: string, key?: string) =>
    failureOf(googleClient(at, key).models.generateContent({ model, contents: 'Hi' })),
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  return await work.then(
    () => {
      throw new Error('it succeeded')
    },
    (error: Failure) => error,
  )
}

test('a key nobody made is an authentication error to every client', async () => {
  const key = 'sk-nobody-made-this-one'
  expect(await clients.openai(rig, 'gpt-4o', key)).toBeInstanceOf(OpenAI.AuthenticationError)
  expect(await clients.anthropic(rig, 'gpt-4o', key)).toBeInstanceOf(Anthropic.AuthenticationError)
  expect(await clients.google(rig, 'gpt-4o', key)).toBeInstanceOf(ApiError)
  expect(await clients.google(rig, 'gpt-4o', key)).toMatchObject({ status: 401 })
})

test('an unknown model is not found by any client', async () => {
  expect(await clients.openai(rig, 'no-such-model')).toBeInstanceOf(OpenAI.NotFoundError)
  expect(await clients.anthropic(rig, 'no-such-model')).toBeInstanceOf(Anthropic.NotFoundError)
  expect(await clients.google(rig, 'no-such-model')).toMatchObject({ status: 404 })
})

test('a request that makes no sense is told which field is wrong', async () => {
  const wrong = openaiClient(rig).chat.completions.create({ model: 'gpt-4o', messages: 'Hi' as never })
  const error = await failureOf(wrong)
  expect(error).toBeInstanceOf(OpenAI.BadRequestError)
  expect(error.message).toContain('messages')
})

describe.each(providers)('the failures of %s', provider => {
  const model = (directives: string) => `${provider}/testkit-${directives}`

  test('a rate limit says when to come back', async () => {
    const seen = [
      await clients.openai(rig, model('429-retry-7')),
      await clients.anthropic(rig, model('429-retry-7')),
    ]
    expect(seen[0]).toBeInstanceOf(OpenAI.RateLimitError)
    expect(seen[1]).toBeInstanceOf(Anthropic.RateLimitError)
    for (const error of seen) expect(error.headers?.get('retry-after')).toBe('7')
    expect(await clients.google(rig, model('429-retry-7'))).toMatchObject({ status: 429 })
  })

  test("the gateway's own refused credential is a 502 and never the caller's fault", async () => {
    for (const status of ['401', '403']) {
      for (const ask of Object.values(clients)) {
        const error = await ask(rig, model(status))
        expect(error.status).toBe(502)
        expect(error.message).toContain("refused the gateway's credential")
      }
    }
  })

  test('a prompt that is too long is a bad request with its code', async () => {
    const error = await clients.openai(rig, model('context'))
    expect(error).toBeInstanceOf(OpenAI.BadRequestError)
    expect(error).toMatchObject({ code: 'context_length_exceeded' })
    expect(await clients.anthropic(rig, model('context'))).toBeInstanceOf(Anthropic.BadRequestError)
    expect(await clients.google(rig, model('context'))).toMatchObject({ status: 400 })
  })

  // A prompt that Gemini blocks is a 200 without candidates: a finish reason, not an error.
  test.skipIf(provider === 'gemini')('refused content is a bad request', async () => {
    const error = await clients.openai(rig, model('content-policy'))
    expect(error).toBeInstanceOf(OpenAI.BadRequestError)
    expect(await clients.anthropic(rig, model('content-policy'))).toBeInstanceOf(Anthropic.BadRequestError)
  })

  test.each(['500', '503', 'overloaded', 'hangup', 'html', 'bad-json'])(
    '%s is a server error',
    async directive => {
      const error = await clients.openai(rig, model(directive))
      expect(error).toBeInstanceOf(OpenAI.InternalServerError)
      expect(await clients.anthropic(rig, model(directive))).toBeInstanceOf(Anthropic.InternalServerError)
      expect((await clients.google(rig, model(directive))).status).toBeGreaterThanOrEqual(500)
    },
  )
})

test('content that Gemini blocks ends the answer with a reason', async () => {
  const reply = await openaiClient(rig).chat.completions.create({
    model: 'gemini/testkit-content-policy',
    messages: [{ role: 'user', content: 'Hi' }],
  })
  expect(reply.choices[0]?.finish_reason).toBe('content_filter')
})

test("an error is in the words of the client's vendor, and names no secret", async () => {
  const bodies = await Promise.all(
    [
      ['/v1/chat/completions', { model: 'openai/testkit-500', messages: [{ role: 'user', content: 'Hi' }] }],
      [
        '/v1/messages',
        { model: 'openai/testkit-500', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] },
      ],
      [
        '/v1beta/models/openai/testkit-500:generateContent',
        { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
      ],
    ].map(async ([path, body]) => await (await rig.admin(path as string, body)).json()),
  )
  expect(bodies).toMatchObject([
    {
      error: { message: expect.any(String), type: expect.any(String), code: expect.any(String), param: null },
    },
    { type: 'error', error: { type: 'api_error', message: expect.any(String) } },
    { error: { code: 500, message: expect.any(String), status: 'INTERNAL' } },
  ])
  expect(JSON.stringify(bodies)).not.toContain('vendor-key')
})
