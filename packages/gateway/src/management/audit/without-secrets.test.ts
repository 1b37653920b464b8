import { expect, test } from 'vitest'
import { withoutSecrets } from './without-secrets.ts'

const HASH = 'ab'.repeat(32)

test.each([
  [{ password: 'hunter2' }, { password: '[masked]' }],
  [
    { api_key: 'abc', apiKey: 'abc', AWS_SECRET_ACCESS_KEY: 'x' },
    { api_key: '[masked]', apiKey: '[masked]', AWS_SECRET_ACCESS_KEY: '[masked]' },
  ],
  [
    { credential_values: { region: 'eu', api_key: 'x' } },
    { credential_values: { region: '[masked]', api_key: '[masked]' } },
  ],
  [
    { client_secret: 'x', refreshToken: ['a', 'b'] },
    { client_secret: '[masked]', refreshToken: ['[masked]', '[masked]'] },
  ],
  [{ api_key: 'os.environ/OPENAI_API_KEY' }, { api_key: 'os.environ/OPENAI_API_KEY' }],
  [{ note: 'use sk-abcdefgh12345678 please' }, { note: 'use sk-...5678 please' }],
  [{ 'sk-abcdefgh12345678': 1 }, { 'sk-...5678': 1 }],
  [{ url: 'postgresql://me:pw@db/x' }, { url: 'postgresql://me:[masked]@db/x' }],
  [{ headers: ['Authorization: Bearer abcdefghijkl'] }, { headers: ['Authorization: Bearer [masked]'] }],
])('%j is kept as %j', (given, kept) => {
  expect(withoutSecrets(given)).toEqual(kept)
})

test('hashes, names of keys and amounts of tokens are no secrets', () => {
  const open = {
    token: HASH,
    key_name: 'sk-...abcd',
    key_alias: 'ci',
    max_tokens: 4,
    tpm_limit: 10,
    credential_name: 'azure-eu',
    password: '',
    blocked: false,
    nothing: null,
  }
  expect(withoutSecrets(open)).toEqual(open)
})

test('a text of ten million characters takes no time to speak of', () => {
  const started = performance.now()
  for (const unit of ['a.', 'Bearer ', 'sk-', 'http://a'])
    withoutSecrets({ text: unit.repeat(10_000_000 / unit.length / 4) })
  expect(performance.now() - started).toBeLessThan(15_000)
})

test('what is nested without end is left out', () => {
  let nested: unknown = 'sk-abcdefgh12345678'
  for (let i = 0; i < 10_000; i++) nested = { nested }
  expect(JSON.stringify(withoutSecrets(nested))).toContain('[masked]')
})
