import { recordStream, startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { call } from './call.ts'
import { createError, SluiceError } from './errors.ts'
import type { Reply } from './steps/reply.ts'
import { askChat, asSent, deploymentAt, rejectionOf, SECRET, testHost, textOf } from './testing/ask.ts'
import type { ChatChunk } from './types/chat.ts'
import type { Deployment } from './types/deployment.ts'

let upstream: Upstream
const host = testHost()
beforeAll(async () => {
  upstream = await startUpstream()
})
afterEach(() => upstream.reset())
afterAll(async () => {
  await host.transport.close()
  await upstream.close()
})

const deployment = (over: Partial<Deployment> = {}) => deploymentAt(`${upstream.url}/v1`, over)
const lastBody = () => upstream.requests.at(-1)?.body as Record<string, unknown>

async function bytesOf(reply: Reply<'chat'>): Promise<string> {
  if (reply.kind === 'relay') return reply.body.toString()
  if (reply.kind !== 'relay-stream') throw new Error(`Not relayed: ${reply.kind}`)
  const parts: Buffer[] = []
  await reply.pump(bytes => void parts.push(Buffer.from(bytes)))
  return Buffer.concat(parts).toString()
}

async function chunksOf(reply: Reply<'chat'>): Promise<ChatChunk[]> {
  if (reply.kind !== 'stream') throw new Error(`Not a stream: ${reply.kind}`)
  const chunks: ChatChunk[] = []
  await reply.pump(events => void chunks.push(...events))
  return chunks
}

describe('a call in the client’s own format', () => {
  const TEXT = '{ "model" : "asked",\n "messages":[{"role":"user","content":"Grüße \\u00e9"}], "top_p": 1.0 }'

  test('sends the client’s bytes with the model spliced in, and answers with the provider’s bytes', async () => {
    const reply = await call(asSent(askChat(deployment()), TEXT), host)
    expect(upstream.requests[0]?.raw.toString()).toBe(TEXT.replace('"asked"', '"m"'))
    const body = JSON.parse(await bytesOf(reply)) as { usage: { total_tokens: number }; id: string }
    expect(reply.meter.usage?.total_tokens).toBe(body.usage.total_tokens)
    expect(reply.meter.id).toBe(body.id)
  })

  test('gives exactly the bytes that came', async () => {
    const body = Buffer.from(
      '{"choices":[ ],  "id" : "x","usage":{"prompt_tokens":1,"completion_tokens":0}}\n',
    )
    upstream.script({ body })
    expect(await bytesOf(await call(asSent(askChat(deployment())), host))).toBe(body.toString())
  })

  test('streams exactly the bytes that came when the client asks for usage', async () => {
    const rawStream = recordStream('openai', { body: { stream_options: { include_usage: true } } })
    upstream.script({ rawStream, chunkBytes: 7 })
    const asked = askChat(deployment(), { stream: true, stream_options: { include_usage: true } })
    const reply = await call(asSent(asked), host)
    expect(await bytesOf(reply)).toBe(rawStream.toString())
    expect(reply.meter.usage?.prompt_tokens).toBeGreaterThan(0)
  })

  test('asks for usage, and does not let the client see what it did not ask for', async () => {
    const reply = await call(asSent(askChat(deployment(), { stream: true })), host)
    const seen = await bytesOf(reply)
    expect(lastBody().stream_options).toEqual({ include_usage: true })
    expect(seen).toContain('You ')
    expect(seen.endsWith('data: [DONE]\n\n')).toBe(true)
    expect(seen).not.toMatch(/"usage":\s*\{/)
    expect(reply.meter.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 4 })
  })

  test('keeps the bytes under deployment defaults that the client states itself', async () => {
    await call(asSent(askChat(deployment({ params: { top_p: 0.5 } })), TEXT), host)
    expect(upstream.requests[0]?.raw.toString()).toBe(TEXT.replace('"asked"', '"m"'))
  })

  test('writes the body anew when a default has to be added', async () => {
    await call(asSent(askChat(deployment({ params: { seed: 7 } })), TEXT), host)
    expect(lastBody()).toMatchObject({ model: 'm', seed: 7, top_p: 1 })
  })

  test('cut in the stream’s middle, the relay fails and what passed holds no end mark', async () => {
    const rawStream = recordStream('openai', { body: { stream_options: { include_usage: true } } })
    upstream.script({ rawStream, cutAfterBytes: rawStream.length - 400 })
    const reply = await call(asSent(askChat(deployment(), { stream: true })), host)
    if (reply.kind !== 'relay-stream') throw new Error(reply.kind)
    let seen = ''
    const error = await rejectionOf(reply.pump(bytes => void (seen += bytes.toString())))
    expect(error).toBeInstanceOf(SluiceError)
    expect(seen).toContain('data: ')
    expect(seen).not.toContain('[DONE]')
  })
})

describe('a translated call', () => {
  test('answers whole, in the hub’s shape', async () => {
    const reply = await call(askChat(deployment()), host)
    expect(reply).toMatchObject({
      kind: 'whole',
      response: { object: 'chat.completion' },
      meter: { usage: {} },
    })
  })

  test('streams events and meters them', async () => {
    const reply = await call(askChat(deployment(), { stream: true }), host)
    expect(textOf(await chunksOf(reply))).toBe('You said: Hello there')
    expect(reply.meter).toMatchObject({ usage: { prompt_tokens: 2 }, textLength: 21 })
  })

  test('another format goes out and comes back', async () => {
    const at = deploymentAt(upstream.url, {
      provider: 'anthropic',
      model: 'claude-x',
      maxParallelRequests: 1,
    })
    const reply = await call(askChat(at, { stream: true, max_tokens: 50 }), host)
    expect(textOf(await chunksOf(reply))).toBe('You said: Hello there')
    expect(upstream.requests[0]?.path).toBe('/v1/messages')
    expect(upstream.requests[0]?.headers['x-api-key']).toBe(SECRET)
  })

  test('a stream that fails before its first event fails the call', async () => {
    upstream.script({ failAfterEvents: 0 })
    await expect(call(askChat(deployment(), { stream: true }), host)).rejects.toBeInstanceOf(SluiceError)
  })

  test('a stream that never said anything is truncated, not empty', async () => {
    upstream.script({ rawStream: Buffer.from(': nothing\n\n') })
    const error = await rejectionOf(call(askChat(deployment(), { stream: true }), host))
    expect(error).toMatchObject({ name: 'TruncatedStreamError', provider: 'openai', model: 'm' })
  })
})

describe('what a deployment adds', () => {
  test('its strictness counts beside the call’s', async () => {
    const foreign = { top_k: 5 }
    await expect(call(askChat(deployment(), foreign), host)).rejects.toThrow(/top_k/)
    const ask = askChat(deployment({ dropParams: true }), foreign)
    await call(ask, host)
    expect(ask.warnings).toMatchObject([{ action: 'dropped', param: 'top_k' }])
    const without = askChat(deployment({ additionalDropParams: ['messages[0].name'] }), {
      messages: [{ role: 'user', name: 'ann', content: 'Hi' }],
    })
    await call(without, host)
    expect(lastBody().messages).toEqual([{ role: 'user', content: 'Hi' }])
    await rejectionOf(call(askChat(deployment({ allowedOpenaiParams: ['top_k'] }), foreign), host))
    expect(lastBody()).toMatchObject(foreign)
  })

  test('credentials among its parameters never reach a body', async () => {
    const params = { azure_ad_token: 'token-1', client_secret: 'hush', aws_secret_access_key: 'hush' }
    const at = deploymentAt(upstream.url, { provider: 'azure', apiKey: undefined, params })
    // The upstream knows the tokens it has minted.
    await rejectionOf(call(askChat(at), host))
    expect(upstream.requests[0]?.headers.authorization).toBe('Bearer token-1')
    expect(upstream.requests[0]?.raw.toString()).not.toMatch(/token-1|hush|azure_ad_token/)
  })

  test('headers and body fields of its own are sent last', async () => {
    const at = deployment({ headers: { 'x-team': 'blue' }, extraBody: { seed: 3 } })
    await call(asSent(askChat(at, { seed: 1 })), host)
    expect(lastBody().seed).toBe(3)
    expect(upstream.requests[0]?.headers['x-team']).toBe('blue')
  })
})

describe('errors', () => {
  test.each([
    ['context', 'ContextWindowExceededError', 400],
    ['content-policy', 'ContentPolicyViolationError', 400],
    ['quota', 'InsufficientQuotaError', 429],
    ['rate-limit', 'RateLimitError', 429],
    ['unauthorized', 'AuthenticationError', 401],
    ['forbidden', 'PermissionDeniedError', 403],
    ['not-found', 'NotFoundError', 404],
    ['server', 'InternalServerError', 500],
    ['unavailable', 'ServiceUnavailableError', 503],
    ['timeout', 'APITimeoutError', 408],
    ['overloaded', 'ServiceUnavailableError', 503],
    ['invalid', 'BadRequestError', 400],
  ] as const)(
    '%s at the provider is a %s, whole and streamed, with its name on it',
    async (failure, name, status) => {
      for (const stream of [false, true]) {
        upstream.script({ failure })
        const error = await rejectionOf(call(askChat(deployment(), { stream }), host))
        expect(error).toMatchObject({ name, status, provider: 'openai', model: 'm' })
      }
    },
  )

  test('Retry-After is understood', async () => {
    upstream.script({ failure: 'rate-limit', retryAfterSeconds: 7 })
    expect(await rejectionOf(call(askChat(deployment()), host))).toMatchObject({ retryAfterMs: 7000 })
  })

  test('a proxy’s HTML page is quoted, and an answer that is not JSON is a bad gateway', async () => {
    upstream.script({ status: 502, body: '<html>Bad Gateway</html>' })
    expect(await rejectionOf(call(askChat(deployment()), host))).toMatchObject({ name: 'BadGatewayError' })
    for (const ask of [askChat(deployment()), asSent(askChat(deployment()))]) {
      upstream.script({ body: 'not json' })
      expect(await rejectionOf(call(ask, host))).toMatchObject({
        name: 'BadGatewayError',
        provider: 'openai',
      })
    }
  })

  test('an error with status 200 is an error, relayed or not', async () => {
    for (const ask of [askChat(deployment()), asSent(askChat(deployment()))]) {
      upstream.script({ body: { error: { message: 'Out of credits', code: 402 } } })
      const error = await rejectionOf(call(ask, host))
      expect(error).toMatchObject({
        message: 'Out of credits',
        kind: 'insufficient_quota',
        provider: 'openai',
      })
    }
  })

  test('the key is in no part of an error, even when the provider repeats it', async () => {
    const echoes = [
      { status: 401, body: { error: { message: `Incorrect key ${SECRET}`, code: 'invalid_api_key' } } },
      { status: 500, body: `<pre>Authorization: Bearer ${SECRET}</pre>` },
      { status: 400, body: { weird: [SECRET] } },
      { cutBeforeHead: true },
    ]
    for (const stream of [false, true])
      for (const script of echoes) {
        upstream.script(script)
        const error = await rejectionOf(call(askChat(deployment(), { stream }), host))
        if (!(error instanceof SluiceError)) throw error
        const said = JSON.stringify([
          error.message,
          error.stack,
          error.providerSpecificFields,
          error.cause,
          error,
        ])
        expect(said).not.toContain(SECRET)
      }
  })

  test('no key where one is needed says which variable to set', async () => {
    const error = await rejectionOf(call(askChat(deployment({ apiKey: undefined })), host))
    expect(error).toMatchObject({ name: 'AuthenticationError' })
    expect(String(error)).toContain('OPENAI_API_KEY')
    expect(upstream.requests).toHaveLength(0)
  })

  test('CVE-2024-6587: a base URL that is no http(s) address is refused before anything is sent', async () => {
    for (const apiBase of ['file:///etc/passwd', 'ftp://x', '//x', 'javascript:1'])
      await expect(call(askChat(deployment({ apiBase })), host)).rejects.toThrow(/api_base/)
  })

  test('CVE-2026-8769: an answer without end is refused at the byte cap', async () => {
    upstream.script({ body: Buffer.alloc(64 * 1024, 'x') })
    const small = { ...host, maxResponseBytes: 1024 }
    await expect(call(askChat(deployment()), small)).rejects.toThrow(/exceeds 1024 bytes/)
    upstream.script({ status: 500, body: Buffer.alloc(64 * 1024, 'x') })
    await expect(call(askChat(deployment(), { stream: true }), small)).rejects.toThrow(/exceeds 1024 bytes/)
  })

  test('what a codec throws by mistake is an internal error that is not retried', async () => {
    const broken = askChat(deployment(), { messages: undefined as never })
    const error = await rejectionOf(call(broken, host))
    expect(error).toMatchObject({ name: 'InternalServerError', retryable: false })
  })
})

describe('time', () => {
  test('a silent provider times out, and its socket is freed', async () => {
    upstream.script({ cutAfterBytes: 0, cutMode: 'hang', latencyMs: 60_000 })
    const error = await rejectionOf(call(askChat(deployment(), {}, { timeoutMs: 50 }), host))
    expect(error).toMatchObject({ name: 'APITimeoutError', status: 504, provider: 'openai' })
    await upstream.until(() => upstream.aborted.length > 0)
  })

  test('a stream may take its time after the first byte, but not before', async () => {
    upstream.script({ latencyMs: 60_000 })
    const ask = askChat(deployment(), { stream: true }, { streamTimeoutMs: 50 })
    expect(await rejectionOf(call(ask, host))).toMatchObject({ name: 'APITimeoutError' })
    upstream.script({ tokenIntervalMs: 20 })
    const slow = askChat(deployment(), { stream: true }, { streamTimeoutMs: 150 })
    expect(textOf(await chunksOf(await call(slow, host)))).toBe('You said: Hello there')
  })

  test('a head without an event is no answer: the socket is free when the time to the first event is over', async () => {
    upstream.script({ firstTokenMs: 60_000 })
    const ask = askChat(deployment(), { stream: true }, { streamTimeoutMs: 80 })
    expect(await rejectionOf(call(ask, host))).toMatchObject({ name: 'APITimeoutError', provider: 'openai' })
    await upstream.until(() => upstream.aborted.length > 0)
  })

  test('a stream may be silent as long as the call says', async () => {
    const said = 'data: {"choices":[{"index":0,"delta":{"content":"Well"}}]}\n\n'
    upstream.script({ tokenIntervalMs: 60_000, events: [said, 'data: [DONE]\n\n'] })
    const reply = await call(askChat(deployment(), { stream: true }, { idleTimeoutMs: 60 }), host)
    const error = await rejectionOf(chunksOf(reply))
    expect(error).toMatchObject({ name: 'APITimeoutError' })
    expect(String(error)).toContain('no data for 60 ms')
    await upstream.until(() => upstream.aborted.length > 0)
  })

  test('a provider that falls silent in a stream has failed after five minutes', async () => {
    const asked: (number | undefined)[] = []
    const transport: typeof host.transport = {
      ...host.transport,
      open(request, limits) {
        asked.push(limits.idleTimeoutMs)
        return host.transport.open(request, { ...limits, idleTimeoutMs: 50 })
      },
    }
    upstream.script({ cutAfterBytes: 700, cutMode: 'hang' })
    const reply = await call(askChat(deployment(), { stream: true }), { ...host, transport })
    const error = await rejectionOf(chunksOf(reply))
    expect(error).toMatchObject({ name: 'APITimeoutError' })
    expect(String(error)).toContain('no data for 50 ms')
    expect(asked).toEqual([300_000])
    await upstream.until(() => upstream.aborted.length > 0)
  })

  test('aborting frees the socket: while waiting, in a stream, and before it began', async () => {
    upstream.script({ latencyMs: 60_000 })
    const waiting = new AbortController()
    const first = rejectionOf(call(askChat(deployment(), {}, { signal: waiting.signal }), host))
    await upstream.until(() => upstream.requests.length === 1)
    waiting.abort()
    expect(await first).toMatchObject({ name: 'APIUserAbortError', status: 499 })
    await upstream.until(() => upstream.aborted.length > 0)

    upstream.script({ cutAfterBytes: 600, cutMode: 'hang' })
    const streaming = new AbortController()
    const ask = askChat(deployment(), { stream: true }, { signal: streaming.signal })
    const reply = await call(ask, host)
    if (reply.kind !== 'stream') throw new Error(reply.kind)
    const error = rejectionOf(reply.pump(() => streaming.abort()))
    expect(await error).toMatchObject({ name: 'APIUserAbortError' })
    await upstream.until(() => upstream.aborted.length > 1)

    const before = upstream.requests.length
    const never = call(askChat(deployment(), {}, { signal: AbortSignal.abort() }), host)
    expect(await rejectionOf(never)).toMatchObject({ name: 'APIUserAbortError' })
    expect(upstream.requests).toHaveLength(before)
  })
})

describe('hostile bodies', () => {
  const POLLUTING = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'

  test('prototype pollution through chunk ids (fixed in ai 5.0.198): keys and ids stay data', async () => {
    const ids = ['__proto__', 'constructor', 'toString']
    upstream.script({
      events: [
        ...ids.map(id => ({
          id,
          object: 'chat.completion.chunk',
          created: 1,
          model: id,
          choices: [
            {
              index: 0,
              delta: {
                content: 'x',
                tool_calls: [{ index: 0, id, type: 'function', function: { name: id, arguments: '{}' } }],
                provider_specific_fields: JSON.parse(POLLUTING) as object,
              },
              finish_reason: null,
            },
          ],
        })),
        { id: '__proto__', choices: [{ index: '__proto__', delta: {}, finish_reason: 'stop' }] },
        'data: [DONE]\n\n',
      ],
    })
    const chunks = await chunksOf(await call(askChat(deployment(), { stream: true }), host))
    const { endpoints } = await import('./endpoints/registry.ts')
    expect(endpoints.chat.fold?.(chunks).choices[0]?.message.content).toBe('xxx')
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test('prototype pollution through a client’s body: such keys are sent on as data', async () => {
    const text = `{"model":"asked","messages":[{"role":"user","content":"Hi"}],${POLLUTING.slice(1)}`
    for (const name of ['openai', 'groq']) {
      const ask = asSent(askChat(deployment({ provider: name, params: { seed: 1 } })), text)
      await rejectionOf(call(ask, host))
      expect(upstream.requests.at(-1)?.raw.toString()).toContain('"__proto__":{"polluted":1}')
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test('an error code that is the name of a built-in is only a code', async () => {
    upstream.script({
      status: 400,
      body: { error: { message: 'no', type: 'toString', code: 'constructor' } },
    })
    const error = await rejectionOf(call(askChat(deployment()), host))
    expect(error).toMatchObject({ name: 'BadRequestError', code: 'constructor' })
  })
})

test('a stored answer and a provider’s own answer need no network, whole or streamed', async () => {
  const at = deployment({ mockResponse: 'canned' })
  expect(await call(askChat(at), host)).toMatchObject({
    response: { choices: [{ message: { content: 'canned' } }] },
  })
  expect(textOf(await chunksOf(await call(askChat(at, { stream: true }), host)))).toBe('canned')
  const echo = await call(askChat(deployment({ provider: 'mock' })), host)
  expect(echo).toMatchObject({ response: { choices: [{ message: { content: 'You said: Hello there' } }] } })
  expect(upstream.requests).toHaveLength(0)
})

test('an error keeps its own provider', () => {
  const error = createError({ kind: 'internal', message: 'x' }).withSource('p', 'm')
  expect(error).toMatchObject({ provider: 'p', model: 'm' })
})
