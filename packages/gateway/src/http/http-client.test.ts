import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { openRecord } from 'sluice/internal'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HttpClient } from './http-client.ts'

const record = openRecord({ id: 'id', endpoint: 'chat', format: 'f', startedAt: 0, requestedModel: 'm' })
const head = { record, reservation: undefined, upstream: {} }
const audio = Buffer.from([0xff, 0xfb, 0, 128, 13, 10])

const server = createServer((incoming, response) => {
  const client = new HttpClient(response, () => 0)
  if (incoming.url === '/whole') return client.send(200, head, audio, 'audio/mpeg')
  client.begin(head, 'audio/mpeg')
  void client.write(audio)
  if (incoming.url === '/stream') client.end(audio)
  else setImmediate(() => client.breakOff())
})
beforeAll(() => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => new Promise(resolve => server.close(resolve)))

function get(path: string): Promise<{ type: string | undefined; body: Promise<Buffer> }> {
  const { port } = server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    const sent = request({ port, path, agent: false }, response =>
      resolve({ type: response.headers['content-type'], body: buffer(response) }),
    )
    sent.on('error', reject)
    sent.end()
  })
}

test('bytes go out as they are, under their own type, whole and in pieces', async () => {
  const whole = await get('/whole')
  expect([whole.type, await whole.body]).toEqual(['audio/mpeg', audio])
  const stream = await get('/stream')
  expect([stream.type, await stream.body]).toEqual(['audio/mpeg', Buffer.concat([audio, audio])])
})

test('a stream that is broken off does not look finished', async () => {
  const { body } = await get('/broken')
  await expect(body).rejects.toThrow('aborted')
})
