import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMediaFetcher, DEFAULT_MEDIA_POLICY, type MediaPolicy } from './media-fetcher.ts'
import { isPublicAddress } from './public-address.ts'

const png = Buffer.from('89504e470d0a1a0a', 'hex')
let server: Server
let base: string
let seen = 0

beforeAll(async () => {
  server = createServer((request, response) => {
    seen++
    if (request.url === '/cat.png') response.writeHead(200, { 'content-type': 'image/png; x=1' }).end(png)
    else if (request.url === '/moved') response.writeHead(302, { location: '/cat.png' }).end()
    else if (request.url === '/round') response.writeHead(307, { location: '/round' }).end()
    else if (request.url === '/inside')
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end()
    else if (request.url === '/file') response.writeHead(302, { location: 'file:///etc/passwd' }).end()
    else if (request.url === '/page') response.writeHead(200, { 'content-type': 'text/html' }).end('<p>')
    else response.writeHead(404).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  base = `127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())

async function fetched(url: string, policy: Partial<MediaPolicy>): Promise<string> {
  const fetcher = createMediaFetcher(() => ({ ...DEFAULT_MEDIA_POLICY, ...policy }))
  try {
    return await fetcher.fetch(url, 2_000, undefined)
  } finally {
    await fetcher.close()
  }
}

test('a file of an allowed host comes as a data: URI, over redirects too', async () => {
  const uri = `data:image/png;base64,${png.toString('base64')}`
  expect(await fetched(`http://${base}/cat.png`, { allowedHosts: [base] })).toBe(uri)
  expect(await fetched(`http://${base}/moved#frag`, { allowedHosts: ['127.0.0.1'] })).toBe(uri)
})

describe('what is not reached', () => {
  test.each([
    ['an address of this machine', () => `http://${base}/cat.png`],
    ['a name that leads to this machine', () => `http://localhost:${base.split(':')[1]}/cat.png`],
    ['cloud metadata', () => 'http://169.254.169.254/latest/meta-data'],
    ['cloud metadata, spelled as one number', () => 'http://2852039166/'],
    ['this machine in IPv6', () => 'http://[::1]/'],
    ['this machine as IPv4 in IPv6', () => 'http://[::ffff:127.0.0.1]/'],
  ])('%s', async (_, url) => {
    const before = seen
    await expect(fetched(url(), {})).rejects.toThrow(/address is not public/)
    expect(seen).toBe(before)
  })

  test('a private address that an allowed host redirects to', async () => {
    const asked = fetched(`http://${base}/inside`, { allowedHosts: [base] })
    await expect(asked).rejects.toThrow(/169\.254\.169\.254 could not be fetched.*not public/)
  })

  test('anything but HTTP', async () => {
    await expect(fetched(`http://${base}/file`, { allowedHosts: [base] })).rejects.toThrow(/file: address/)
  })
})

test('what cannot be used says why, as the caller’s mistake, without the URL’s path or query', async () => {
  const allowedHosts = [base]
  const gone = fetched(`http://${base}/gone?signature=s3cret`, { allowedHosts })
  await expect(gone).rejects.toMatchObject({ status: 400, code: 'image_fetch_error' })
  await expect(gone).rejects.toThrow(/status 404/)
  await expect(gone).rejects.not.toThrow(/s3cret/)
  await expect(fetched(`http://${base}/page`, { allowedHosts })).rejects.toThrow(/text\/html/)
  await expect(fetched(`http://${base}/round`, { allowedHosts })).rejects.toThrow(/redirects more than 3/)
  await expect(fetched(`http://${base}/cat.png`, { allowedHosts, maxBytes: 4 })).rejects.toThrow(
    /more than 4 bytes/,
  )
  await expect(fetched(`http://${base}/cat.png`, { maxBytes: 0 })).rejects.toThrow(/switched off/)
})

test.each([
  ['8.8.8.8', true],
  ['2606:4700::1111', true],
  ['10.1.2.3', false],
  ['100.64.0.1', false],
  ['172.31.255.255', false],
  ['172.32.0.1', true],
  ['fd00::1', false],
  ['64:ff9b::7f00:1', false],
  ['::ffff:10.0.0.1', false],
])('%s is public: %s', (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected)
})
