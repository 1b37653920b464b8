import { ConflictError } from 'sluice/internal'
import { beforeAll, expect, test } from 'vitest'
import type { Database } from '../database.ts'
import { eachDatabase } from '../testing/each-database.ts'
import type { CredentialRow } from './credential-store.ts'

const authors = { createdAt: 1_000, createdBy: 'admin', updatedAt: 1_000, updatedBy: 'admin' }
const row: CredentialRow = {
  credentialName: 'eu',
  sealedValues: { api_key: 'v1:a:b' },
  info: { description: 'Europe' },
  ...authors,
}

eachDatabase('the credential store', makePlace => {
  let database: Database
  beforeAll(async () => {
    database = await makePlace().open()
  })

  test('a credential comes back as it was written, is changed and removed, and each change is another version', async () => {
    const { credentials } = database
    const versions = [await credentials.version()]
    await credentials.create(row)
    versions.push(await credentials.version())
    expect(await credentials.find('eu')).toEqual(row)
    await expect(credentials.create(row)).rejects.toBeInstanceOf(ConflictError)
    const sealedValues = { api_key: 'v1:c:d' }
    await credentials.update({ ...row, sealedValues, updatedBy: 'other', createdBy: 'nobody' })
    versions.push(await credentials.version())
    expect(await credentials.all()).toMatchObject([{ sealedValues, createdBy: 'admin', updatedBy: 'other' }])
    // Twice in one millisecond is a change, too.
    await credentials.update({ ...row, sealedValues })
    versions.push(await credentials.version())
    await credentials.remove('eu')
    expect(await credentials.find('eu')).toBeUndefined()
    expect(new Set(versions).size).toBe(4)
    expect(await credentials.version()).toBe(versions[0])
  })
})
