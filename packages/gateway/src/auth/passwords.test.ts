import { createHash, scryptSync } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { eachDatabase } from '../db/testing/each-database.ts'
import { createPasswords, hashPassword } from './passwords.ts'
import { adoptHash, checkPassword, isAdopted } from './sign-in/hash-password.ts'

// One check is a quarter of a second of a whole core, by intent.
vi.setConfig({ testTimeout: 60_000 })

eachDatabase('passwords', makePlace => {
  test('a password is right for its user and for nobody else', async () => {
    const { passwords: store } = await makePlace().open()
    const passwords = createPasswords(store, () => 1)
    await store.set('ann', await hashPassword('correct horse'), 1)
    expect(await passwords.prove('ann', 'correct horse')).toBe(await store.find('ann'))
    expect(await passwords.prove('ann', 'correct hors')).toBeUndefined()
    expect(await passwords.prove('bob', 'correct horse')).toBeUndefined()
    expect(await passwords.prove(undefined, 'correct horse')).toBeUndefined()
    await store.remove(['ann'])
    expect(await passwords.prove('ann', 'correct horse')).toBeUndefined()
  })

  test('a hash of former costs still works and is made anew when its user signs in', async () => {
    const { passwords: store } = await makePlace().open()
    const passwords = createPasswords(store, () => 1)
    const salt = Buffer.alloc(16, 7)
    const hash = scryptSync('correct horse', salt, 32, { N: 2 ** 12, r: 8, p: 1 })
    const old = `$scrypt$ln=12,r=8,p=1$${salt.toString('base64url')}$${hash.toString('base64url')}`
    await store.set('ann', old, 1)
    expect(await passwords.prove('ann', 'wrong password')).toBeUndefined()
    expect(await store.find('ann')).toBe(old)
    expect(await passwords.prove('ann', 'correct horse')).toBe(await store.find('ann'))
    expect(await store.find('ann')).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/)
    expect(await passwords.prove('ann', 'correct horse')).toBe(await store.find('ann'))
  })
})

test('GHSA-69x8-hrgq-fjj8: equal passwords have different hashes, and a hash is no password', async () => {
  const [one, two] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')])
  expect(one).not.toBe(two)
  expect((await checkPassword(one, one)).isRight).toBe(false)
})

test.each(['', 'plain text', '5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8'])(
  'GHSA-69x8-hrgq-fjj8: a stored value of another kind lets nobody in: "%s"',
  async stored => {
    expect((await checkPassword('password', stored)).isRight).toBe(false)
  },
)

test('what LiteLLM stored of a password opens the same, and is made anew by the sign-in', async () => {
  const salt = Buffer.alloc(16, 3)
  const hash = scryptSync('correct horse', salt, 32, { N: 16_384, r: 8, p: 1 })
  const digest = createHash('sha256').update('correct horse').digest('hex')
  for (const there of [`scrypt:${Buffer.concat([salt, hash]).toString('base64')}`, digest]) {
    const here = (await adoptHash(there)) ?? ''
    expect(isAdopted(here)).toBe(true)
    expect(here).not.toContain(there)
    expect(await checkPassword('correct horse', here)).toEqual({ isRight: true, isOutdated: true })
    expect((await checkPassword('another horse', here)).isRight).toBe(false)
    expect((await checkPassword(there, here)).isRight).toBe(false)
  }
  expect(isAdopted(await hashPassword('correct horse'))).toBe(false)
  for (const strange of ['plain text', 'scrypt:xyz', 'pbkdf2:abc', '', digest.slice(1)])
    expect(await adoptHash(strange)).toBeUndefined()
})

test('a hash that claims to cost gigabytes is not computed', async () => {
  const stored = `$scrypt$ln=30,r=8,p=3$${'a'.repeat(22)}$${'b'.repeat(43)}`
  expect((await checkPassword('correct horse', stored)).isRight).toBe(false)
})

test.each([['seven77'], ['x'.repeat(129)]])('a password has 8 to 128 characters: %s', async password => {
  await expect(hashPassword(password)).rejects.toMatchObject({ status: 400, param: 'password' })
})

test('a user who does not exist takes as long as one with a wrong password', async () => {
  const stored = await hashPassword('correct horse')
  const took = async (hash: string | undefined) => {
    const from = performance.now()
    await checkPassword('wrong password', hash)
    return performance.now() - from
  }
  const times = { known: [] as number[], unknown: [] as number[] }
  for (let each = 0; each < 2; each++) {
    times.known.push(await took(stored))
    times.unknown.push(await took(undefined))
  }
  const ratio = Math.min(...times.unknown) / Math.min(...times.known)
  expect(ratio).toBeGreaterThan(0.3)
  expect(ratio).toBeLessThan(3)
})
