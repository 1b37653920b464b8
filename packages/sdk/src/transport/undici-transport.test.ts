import { createServer, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { OutgoingRequest } from '../credentials/credentials.ts'
import { rejectionOf } from '../testing/ask.ts'
import { retryAfterMs } from './retry-after.ts'
import type { ExchangeLimits } from './transport.ts'
import { createTransport } from './undici-transport.ts'

type Answer = (response: ServerResponse, body: string) => void

let server: Server
let origin = ''
let sockets = 0
/** Answers whose connection was closed before they were complete. */
let cut = 0
let answer: Answer = response => response.end('ok')
const transport = createTransport({ connectTimeoutMs: 500 })

beforeAll(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = []
    response.on('close', () => {
      if (!response.writableFinished) cut++
    })
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => answer(response, Buffer.concat(parts).toString()))
  })
  server.on('connection', socket => {
    sockets++
    socket.on('close', () => sockets--)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
beforeEach(() => {
  cut = 0
})
afterAll(async () => {
  await transport.close()
  server.closeAllConnections()
  server.close()
})

const LIMITS: ExchangeLimits = { timeoutMs: 5_000, maxBytes: 1024 * 1024 }
const post = (url = `${origin}/x?y=1`): OutgoingRequest => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'text/plain' },
  body: 'ping',
})
async function until(condition: () => boolean) {
  for (
    const end = performance.now() + 2_000;
    !condition();
    await new Promise(resolve => setImmediate(resolve))
  )
    if (performance.now() > end)
      throw new Error(`It did not come to ${condition}; ${sockets} sockets are open.`)
}

describe('exchange', () => {
  test('sends the body and gives back status, headers and bytes; error statuses are answers', async () => {
    answer = (response, body) => {
      response.writeHead(503, { 'X-One': 'a', 'set-cookie': ['p', 'q'] })
      response.write(`${body} `)
      response.end('pong')
    }
    const reply = await transport.exchange(post(), LIMITS)
    expect(reply).toMatchObject({ status: 503, headers: { 'x-one': 'a', 'set-cookie': 'p, q' } })
    expect(reply.body.toString()).toBe('ping pong')
  })

  test('uses one connection again and again', async () => {
    answer = response => response.end('ok')
    await transport.exchange(post(), LIMITS)
    const before = sockets
    for (let round = 0; round < 5; round++) await transport.exchange(post(), LIMITS)
    expect(sockets).toBeLessThanOrEqual(Math.max(before, 2))
  })

  test('refuses more bytes than allowed, and frees the socket', async () => {
    answer = response => {
      response.write(Buffer.alloc(2000))
    }
    const error = await rejectionOf(transport.exchange(post(), { ...LIMITS, maxBytes: 1000 }))
    expect(String(error)).toContain('exceeds 1000 bytes')
    await until(() => cut > 0)
  })

  test.each<[string, Partial<ExchangeLimits>, RegExp]>([
    ['in total', { timeoutMs: 50 }, /no complete answer after 50 ms/],
    ['to the head', { headTimeoutMs: 50 }, /no answer after 50 ms/],
  ])('times out %s', async (_, limits, message) => {
    answer = () => {}
    const error = await rejectionOf(transport.exchange(post(), { ...LIMITS, ...limits }))
    expect(error).toMatchObject({ name: 'APITimeoutError', retryable: true })
    expect(String(error)).toMatch(message)
    await until(() => cut > 0)
  })

  test('times out between two reads, but not while bytes keep coming', async () => {
    answer = response => {
      let left = 6
      const timer = setInterval(() => {
        if (left-- > 0) response.write('x')
        else clearInterval(timer)
      }, 20)
    }
    const error = await rejectionOf(transport.exchange(post(), { ...LIMITS, idleTimeoutMs: 80 }))
    expect(String(error)).toMatch(/no data for 80 ms/)
  })

  test('names what keeps it from a provider', async () => {
    const free = createTcpServer()
    await new Promise<void>(resolve => free.listen(0, '127.0.0.1', resolve))
    const { port } = free.address() as AddressInfo
    await new Promise(resolve => free.close(resolve))
    const refused = await rejectionOf(transport.exchange(post(`http://127.0.0.1:${port}/`), LIMITS))
    expect(refused).toMatchObject({ name: 'APIConnectionError', code: 'ECONNREFUSED', status: 502 })
    expect(String(refused)).toContain('nothing listens there')
    answer = response => response.socket?.resetAndDestroy()
    const reset = await rejectionOf(transport.exchange(post(), LIMITS))
    expect(String(reset)).toContain('The provider could not be reached: it closed the connection.')
    const unresolved = await rejectionOf(transport.exchange(post('http://nowhere.invalid/'), LIMITS))
    expect(String(unresolved)).toContain('its host name does not resolve')
    expect(await rejectionOf(transport.exchange(post('http://[bad/'), LIMITS))).toMatchObject({
      name: 'APIConnectionError',
    })
  })

  test('a whole answer that breaks off was no failure to reach the provider', async () => {
    answer = response => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('half', () => response.socket?.destroy())
    }
    const error = await rejectionOf(transport.exchange(post(), LIMITS))
    expect(error).toMatchObject({ name: 'APIConnectionError', status: 502 })
    expect(String(error)).toContain('The provider broke off its answer: it closed the connection.')
  })

  test('header values with line breaks are refused before anything is sent', async () => {
    const request = { ...post(), headers: { 'x-a': 'b\r\nx-c: d' } }
    expect(await rejectionOf(transport.exchange(request, LIMITS))).toMatchObject({
      name: 'APIConnectionError',
    })
  })
})

describe('open', () => {
  test('resolves at the head, and waits for a slow reader', async () => {
    const total = 8 * 1024 * 1024
    let written = 0
    answer = response => {
      const block = Buffer.alloc(64 * 1024)
      const write = () => {
        while (written < total) {
          written += block.length
          if (!response.write(block)) return void response.once('drain', write)
        }
        response.end()
      }
      write()
    }
    const reply = await transport.open(post(), LIMITS)
    let seen = 0
    let stalled = 0
    await reply.pump(async bytes => {
      seen += bytes.length
      if (seen > 64 * 1024 && stalled === 0) {
        for (let turn = 0; turn < 50; turn++) await new Promise(resolve => setImmediate(resolve))
        stalled = written
      }
    })
    expect(seen).toBe(total)
    expect(stalled).toBeLessThan(total)
  })

  test('what came before the pump is not lost, and an end that waited is an end', async () => {
    answer = response => response.end('early')
    const reply = await transport.open(post(), LIMITS)
    for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve))
    expect((await reply.collect()).toString()).toBe('early')
  })

  test('a connection that breaks in the middle fails the pump after what was read', async () => {
    answer = response => {
      response.write('half', () => response.socket?.destroy())
    }
    const reply = await transport.open(post(), LIMITS)
    let seen = ''
    const error = await rejectionOf(reply.pump(bytes => void (seen += bytes.toString())))
    expect(seen).toBe('half')
    expect(error).toMatchObject({ name: 'APIConnectionError' })
    expect(String(error)).toContain('The provider broke off its answer: it closed the connection.')
  })

  test('a provider that falls silent in the middle fails the pump; a reader that takes its time does not', async () => {
    answer = response => {
      response.write('half')
    }
    const silent = await transport.open(post(), { ...LIMITS, idleTimeoutMs: 40 })
    const error = await rejectionOf(silent.pump(() => {}))
    expect(error).toMatchObject({ name: 'APITimeoutError' })
    expect(String(error)).toContain('no data for 40 ms')

    answer = response => {
      response.write('half')
      setTimeout(() => response.end(' and half'), 20)
    }
    const slow = await transport.open(post(), { ...LIMITS, idleTimeoutMs: 40 })
    let seen = ''
    await slow.pump(bytes => {
      seen += bytes.toString()
      return new Promise(resolve => setTimeout(resolve, 120))
    })
    expect(seen).toBe('half and half')
  })

  test('a reader that throws or rejects stops it, with its own error', async () => {
    for (const fail of [
      () => {
        throw new Error('enough')
      },
      () => Promise.reject(new Error('enough')),
    ]) {
      cut = 0
      answer = response => void response.write('x')
      const reply = await transport.open(post(), LIMITS)
      expect(await rejectionOf(reply.pump(fail))).toMatchObject({ message: 'enough' })
      await until(() => cut > 0)
    }
  })

  test('abort frees the socket and fails the pump', async () => {
    answer = response => void response.write('x')
    const reply = await transport.open(post(), LIMITS)
    const error = rejectionOf(reply.pump(() => reply.abort()))
    expect(await error).toMatchObject({ name: 'APIUserAbortError' })
    await until(() => cut > 0)
  })
})

describe('retryAfterMs', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  test.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': '0.25' }, 250],
    [{ 'retry-after-ms': '120', 'retry-after': '7' }, 120],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:09 GMT' }, 9000],
    [{ 'retry-after': 'Thu, 01 Jan 2020 00:00:00 GMT' }, 0],
    [{ 'retry-after': '-5' }, 0],
    [{ 'retry-after': '999999999' }, 3_600_000],
    [{ 'retry-after': 'soon' }, undefined],
  ])('%j', (headers, ms) => {
    expect(retryAfterMs(headers, now)).toBe(ms)
  })
})
