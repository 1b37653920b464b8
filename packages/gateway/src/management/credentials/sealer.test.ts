import { expect, test } from 'vitest'
import { Sealer } from './sealer.ts'

const place = { credential: 'eu', field: 'api_key' }
const sealer = new Sealer('salt')
const sealed = sealer.seal('sk-secret', place)

test('a value opens with the secret it was sealed with, and is sealed differently each time', () => {
  expect(sealed).toMatch(/^v1:/)
  expect(new Sealer('salt').open(sealed, place)).toBe('sk-secret')
  expect(sealer.seal('sk-secret', place)).not.toBe(sealed)
  expect(Buffer.from(sealed.split(':')[2] ?? '', 'base64url').toString('latin1')).not.toContain('secret')
  expect(sealer.open(sealer.seal({ a: 1 }, place), place)).toEqual({ a: 1 })
})

test('another secret, another credential and another field open nothing', () => {
  expect(new Sealer('pepper').open(sealed, place)).toBeUndefined()
  expect(sealer.open(sealed, { ...place, credential: 'us' })).toBeUndefined()
  expect(sealer.open(sealed, { ...place, field: 'api_base' })).toBeUndefined()
})

test('a changed byte, wherever it is, a cut text and another version open nothing', () => {
  const [version, nonce = '', body = ''] = sealed.split(':')
  const bytes = Buffer.from(body, 'base64url')
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(sealer.open(`v1:${nonce}:${changed.toString('base64url')}`, place)).toBeUndefined()
  }
  const other = `${nonce.startsWith('A') ? 'B' : 'A'}${nonce.slice(1)}`
  for (const wrong of [
    `${version}:${other}:${body}`,
    `v2:${nonce}:${body}`,
    sealed.slice(0, -4),
    `v1:${nonce}:`,
    'sk-secret',
    '',
  ])
    expect(sealer.open(wrong, place)).toBeUndefined()
})
