import { createServer, get } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ChunkedWriter } from './chunked-writer.ts'

const PIECES = ['data: é🎈\n\n', Buffer.from('data: {"ü":1}\n\n'), '', 'data: plain\n\n']
const WHOLE = 'data: é🎈\n\ndata: {"ü":1}\n\ndata: plain\n\ndata: [DONE]\n\n'

const server = createServer((_request, response) => {
  response.writeHead(200, ['content-type', 'text/event-stream'])
  const writer = new ChunkedWriter(response)
  for (const piece of PIECES) writer.write(piece)
  writer.end('data: [DONE]\n\n')
})
beforeAll(() => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => new Promise(resolve => server.close(resolve)))

test('a client gets every byte, and the connection stays usable', async () => {
  const { port } = server.address() as AddressInfo
  for (let turn = 0; turn < 2; turn++) {
    const body = await new Promise<string>((resolve, reject) => {
      get({ port, host: '127.0.0.1' }, response => resolve(text(response))).on('error', reject)
    })
    expect(body).toBe(WHOLE)
  }
})

test('an old client without chunks gets the bytes and then the end of the connection', async () => {
  const { port } = server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  socket.write('GET / HTTP/1.0\r\n\r\n')
  const answer = await text(socket)
  expect(answer.slice(answer.indexOf('\r\n\r\n') + 4)).toBe(WHOLE)
})
