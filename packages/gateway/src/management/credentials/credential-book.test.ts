import { afterAll, expect, test } from 'vitest'
import { loadText } from '../../config/testing/load-text.ts'
import { sqlitePlace } from '../../db/testing/each-database.ts'
import { CredentialBook } from './credential-book.ts'
import { maskValue } from './mask-value.ts'
import { Sealer } from './sealer.ts'

const place = sqlitePlace()
afterAll(() => place.remove())

test('values go under a deployment that names them; one that cannot be opened is told by name, and mended', async () => {
  const { credentials: store } = await place.open()
  const { settings } = await loadText(`
model_list:
  - { model_name: a, litellm_params: { model: azure/x, litellm_credential_name: eu, api_version: v2 } }
  - { model_name: b, litellm_params: { model: openai/x, api_key: own } }
`)
  let secret: string | undefined = 'salt'
  const told: object[] = []
  const log = { info() {}, error() {}, warn: (fields: object) => void told.push(fields) }
  const book = new CredentialBook({ store, secret: () => secret, log })
  let changes = 0
  book.watch(() => {
    changes += 1
  })
  const first = () => book.applyTo(settings).deployments[0]
  expect(first()?.outOfOrder).toContain('the database has not been read')
  await book.sync()
  expect(first()?.outOfOrder).toContain('There is no credential eu')
  const sealer = new Sealer('salt')
  const values = {
    api_key: 'sk-hidden',
    api_base: 'https://eu.example.com/',
    api_version: 'v1',
    tenant_id: 't',
  }
  const sealed = Object.entries(values).map(([field, value]) => [
    field,
    sealer.seal(value, { credential: 'eu', field }),
  ])
  const sealedValues = Object.fromEntries(sealed) as Record<string, string>
  const authors = { createdAt: 1, createdBy: null, updatedAt: 1, updatedBy: null }
  await store.create({ credentialName: 'eu', sealedValues, info: {}, ...authors })
  await Promise.all([book.sync(), book.sync()])
  expect(changes).toBe(2)
  expect(first()).toMatchObject({
    ...{ id: settings.deployments[0]?.id, apiKey: 'sk-hidden', apiBase: 'https://eu.example.com' },
    ...{ apiVersion: 'v2', params: { tenant_id: 't' } },
  })
  expect(first()?.outOfOrder).toBeUndefined()
  expect(book.applyTo(book.applyTo(settings))).toEqual(book.applyTo(settings))
  expect(book.applyTo(settings).deployments[1]).toBe(settings.deployments[1])
  const completed = book.applyTo(settings)
  secret = 'pepper'
  await book.sync()
  expect(book.applyTo(completed).deployments[0]).not.toHaveProperty('apiKey', 'sk-hidden')
  expect(first()?.outOfOrder).toMatch(/credential eu .*cannot be opened/)
  expect(told).toEqual([{ credential: 'eu', fields: Object.keys(values) }])
  secret = undefined
  await book.sync()
  expect(first()?.outOfOrder).toMatch(/cannot be opened/)
  secret = 'salt'
  await book.sync()
  expect(first()?.apiKey).toBe('sk-hidden')
})

test('four characters of a long value are shown, of others nothing', () => {
  expect(['0123456789abcdef', '0123456789abcde', '', 5, { a: 1 }, undefined].map(maskValue)).toEqual([
    '01****ef',
    ...Array<string>(5).fill('****'),
  ])
})
