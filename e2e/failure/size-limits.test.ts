import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Rig, startRig } from '../gateway.ts'
import { ask, clientFormats } from './client-formats.ts'
import { exchange } from './exchange.ts'

let rig: Rig
beforeAll(async () => {
  rig = await startRig({
    config: { general_settings: { max_request_size_mb: 1, max_response_size_mb: 1 } },
    env: { SLUICE_CLIENT_TIMEOUT_SECONDS: '1' },
  })
})
afterAll(() => rig.close())

describe.each(clientFormats.map(format => [format.name, format] as const))(
  'a client of %s',
  (_name, format) => {
    test('is told 413 in its own format for a body that is too large, announced or not', async () => {
      const text = 'x'.repeat(2 * 1024 * 1024)
      const body = JSON.stringify(format.body('openai/m', text, false))
      for (const headers of [{ 'content-length': String(body.length) }, { 'transfer-encoding': 'chunked' }]) {
        const reply = await ask(
          rig.gateway.url,
          format,
          rig.gateway.masterKey,
          { model: 'openai/m' },
          { body, headers: headers as Record<string, string>, fresh: true },
        )
        expect(reply.status).toBe(413)
        expect(reply.error).toContain('max_request_size_mb')
      }
      expect(rig.upstream.requests.length).toBe(0)
    })

    test('is told line and column of malformed JSON', async () => {
      const reply = await ask(
        rig.gateway.url,
        format,
        rig.gateway.masterKey,
        { model: 'openai/m' },
        { body: '{"model": "openai/m",\n  "messages": [}' },
      )
      expect(reply.status).toBe(400)
      expect(reply.error).toContain('line 2, column 16')
    })

    test('is told 502 when the upstream answers more than the limit', async () => {
      for (const provider of ['openai', 'anthropic', 'gemini']) {
        rig.upstream.script({ reply: { textBytes: 2 * 1024 * 1024 } })
        const model = `${provider}/m`
        const reply = await ask(rig.gateway.url, format, rig.gateway.masterKey, { model })
        expect(reply.status).toBe(502)
        expect(reply.error).toContain('exceeds 1048576 bytes')
      }
      rig.upstream.reset()
    })
  },
)

test('a header that is too large is refused with words', async () => {
  const reply = await exchange(rig.gateway.url, '/v1/chat/completions', {
    method: 'POST',
    headers: { 'x-large': 'x'.repeat(100_000) },
    fresh: true,
  })
  expect(reply.status).toBe(431)
  expect(JSON.parse(reply.body)).toMatchObject({ error: { message: expect.stringContaining('headers') } })
})

test('a request that is not HTTP is refused with words', async () => {
  const { reply } = await raw('NONSENSE\r\n\r\n')
  expect(reply).toMatch(/^HTTP\/1\.1 400 /)
  expect(reply).toContain('"message"')
})

test.each([
  ['body', 'POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"model": '],
  ['head', 'POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-'],
])('a client that never sends the end of its %s is told 408 and let go', async (_part, start) => {
  const { reply, tookMs } = await raw(start)
  expect(reply).toMatch(/^HTTP\/1\.1 408 /)
  expect(reply).toContain('"message":"The request did not arrive to its end in time')
  expect(tookMs).toBeGreaterThan(900)
  expect(tookMs).toBeLessThan(20_000)
})

/** Sends bytes over a connection and reads until the gateway closes it. */
async function raw(bytes: string): Promise<{ reply: string; tookMs: number }> {
  const began = performance.now()
  const socket = connect(rig.gateway.port, '127.0.0.1')
  let reply = ''
  socket.setEncoding('utf8')
  socket.on('data', (piece: string) => {
    reply += piece
  })
  socket.write(bytes)
  await once(socket, 'close')
  return { reply, tookMs: performance.now() - began }
}
