import { expect, test } from 'vitest'
import { eachDatabase } from '../../db/testing/each-database.ts'
import { accountRow } from '../../db/testing/rows.ts'
import { bindUser, findUser } from './find-user.ts'

const HERE = 'https://id.example.com'

/** Somebody whom the provider calls `id` and knows as `subject`. */
const facts = (id: string, subject: string, more: object = {}, issuer = HERE) => ({
  ...{ id, externalId: `generic:${subject}`, identity: { issuer, subject }, ...more },
})

eachDatabase('who somebody is at a provider', makePlace => {
  async function house() {
    const database = await makePlace().open()
    const services = { database, now: Date.now }
    const make = (id: string, more: object = {}) => database.accounts.create(accountRow('user', id, more))
    const comes = async (who: ReturnType<typeof facts>) => {
      const user = await findUser(who, services)
      if (user) await bindUser(user, who, services)
      return user?.id
    }
    return { database, services, make, comes }
  }

  test('account takeover by a changed preferred_username: whoever takes a name over is not the user', async () => {
    const { make, comes, database } = await house()
    for (const id of ['ann', 'boss']) await make(id)
    expect(await comes(facts('ann', '1'))).toBe('ann')
    expect(await comes(facts('boss', '2'))).toBe('boss')
    expect(await comes(facts('anna', '1'))).toBe('ann')
    expect(await comes(facts('boss', '1'))).toBe('ann')
    await expect(comes(facts('ann', '3'))).rejects.toThrow('belongs to somebody else')
    expect(await comes(facts('new', '3'))).toBeUndefined()
    expect(await database.identities.list('ann')).toEqual([{ issuer: HERE, subject: '1' }])
  })

  test('users of LiteLLM and of a directory, who have a name of its own, are bound by their first sign-in', async () => {
    const { make, comes } = await house()
    await make('ann', { externalId: 'ann' })
    await make('bea', { externalId: 'id-in-a-directory', email: 'bea@acme.com' })
    expect(await comes(facts('ann', '1'))).toBe('ann')
    expect(await comes(facts('0815', '2', { email: 'bea@acme.com' }))).toBe('bea')
    await expect(comes(facts('ann', '9'))).rejects.toThrow('belongs to somebody else')
    expect(await comes(facts('0816', '9', { email: 'bea@acme.com' }))).toBeUndefined()
  })

  test('the same number at another provider is somebody else, and the same person may come from both', async () => {
    const { make, comes } = await house()
    await make('ann', { externalId: 'generic:1' })
    await make('bob')
    expect(await comes(facts('ann', '1'))).toBe('ann')
    const elsewhere = 'https://other.example.com'
    expect(await comes(facts('bob', '1', {}, elsewhere))).toBe('bob')
    expect(await comes(facts('ann', '7', {}, elsewhere))).toBe('ann')
    expect(await comes(facts('renamed', '7', {}, elsewhere))).toBe('ann')
  })

  test('of two who come at once under one name one is the user; a removed one gives the name free', async () => {
    const { make, services, database } = await house()
    await make('ann')
    const ann = accountRow('user', 'ann')
    const [first, second] = [facts('ann', '1'), facts('ann', '2')]
    await bindUser(ann, first, services)
    await expect(bindUser(ann, second, services)).rejects.toMatchObject({ status: 403 })
    await database.identities.remove(['ann'])
    await bindUser(ann, second, services)
    expect((await findUser(facts('anything', '2'), services))?.id).toBe('ann')
  })
})
