import { expect, test } from 'vitest'
import { ResponseParser } from './response-parser.ts'

const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello'
const chunked =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;ext=1\r\n!\r\n0\r\nx-trailer: 1\r\n\r\n'

test.each([
  ['whole', whole, 5],
  ['chunked', chunked, 6],
])('a %s response is complete at its last byte, wherever it is cut', (_, response, bytes) => {
  for (let cut = 1; cut < response.length; cut++) {
    const parser = new ResponseParser()
    expect(parser.push(Buffer.from(response.slice(0, cut)))).toBe(false)
    expect(parser.push(Buffer.from(response.slice(cut)))).toBe(true)
    expect(parser.status).toBe(200)
    expect(parser.bodyBytes).toBe(bytes)
  }
})

test('a response that comes byte by byte is complete at its last byte', () => {
  const parser = new ResponseParser()
  const ends = [...chunked].map(byte => parser.push(Buffer.from(byte)))
  expect(ends.indexOf(true)).toBe(chunked.length - 1)
  expect(parser.bodyBytes).toBe(6)
})

test('one parser reads responses one after another', () => {
  const parser = new ResponseParser()
  for (const response of [whole, chunked, whole]) expect(parser.push(Buffer.from(response))).toBe(true)
  expect(parser.bodyBytes).toBe(5)
})

test('an error keeps the beginning of its body', () => {
  const parser = new ResponseParser()
  parser.push(Buffer.from('HTTP/1.1 429 Too Many Requests\r\ncontent-length: 4\r\n\r\nslow'))
  expect(parser.status).toBe(429)
  expect(parser.excerpt).toBe('slow')
})

test('bytes after the end, a missing length and a chunk without size are refused', () => {
  expect(() => new ResponseParser().push(Buffer.from(`${whole}more`))).toThrow('4 bytes after the end')
  expect(() => new ResponseParser().push(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))).toThrow('without length')
  const broken = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n'
  expect(() => new ResponseParser().push(Buffer.from(broken))).toThrow('not a chunk size')
})
