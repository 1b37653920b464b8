import { randomBytes } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { hashKey } from '../../auth/hash.ts'
import { createKeyCache } from '../../auth/key-cache.ts'
import type { Database } from '../../db/database.ts'
import { silentLog } from '../../db/log.ts'
import type { KeyRotation } from '../../db/rows.ts'
import { eachDatabase } from '../../db/testing/each-database.ts'
import { keyRow } from '../../db/testing/rows.ts'
import { createAudit } from '../../management/audit/audit-log.ts'
import { NO_ROTATION } from '../../management/keys/rotation-fields.ts'
import { rotateDueKeys } from './key-rotation.ts'

interface Event {
  readonly key: string
  readonly previous_token: string
}

eachDatabase('rotation of keys that are due', makePlace => {
  let database: Database
  let time = 1_000_000
  const now = () => time
  const events: Event[] = []
  let isTaken = true
  beforeAll(async () => {
    database = await makePlace().open()
  })

  const due: KeyRotation = {
    ...NO_ROTATION,
    isAutomatic: true,
    interval: '1h',
    grace: '10s',
    dueAt: 1_000_000,
  }

  function job(replica = 'one') {
    const keys = createKeyCache({ store: database.keys, now, maxStalenessMs: () => 1e9 })
    const options = {
      ...{ database, keys, now, randomBytes, replica, log: silentLog },
      audit: createAudit({ database, log: silentLog, isOn: () => true, now }),
      settings: () => ({
        isOn: true,
        checkMs: 1,
        grace: undefined,
        webhook: { url: 'x', secret: undefined },
      }),
      deliver(_: object, event: object) {
        events.push(event as Event)
        return isTaken ? Promise.resolve() : Promise.reject(new Error('nobody is there'))
      },
    }
    return { keys, run: () => rotateDueKeys(options) }
  }

  test('a secret that is taken starts the grace of the old one, and both open one key until its end', async () => {
    await database.keys.create(keyRow(hashKey('sk-old'), { keyAlias: 'a', rotation: due }))
    const { keys, run } = job()
    expect(await run()).toBe(1)
    const [event] = events.splice(0)
    expect(event?.previous_token).toBe(hashKey('sk-old'))
    const next = hashKey(event?.key ?? '')
    expect(await keys.find(hashKey('sk-old'))).toBe(await keys.find(next))
    expect(await database.keys.find(next)).toMatchObject({
      keyAlias: 'a',
      rotation: { count: 1, dueAt: time + 3_600_000, firstHash: hashKey('sk-old'), failures: 0 },
    })
    expect(await database.keys.findRetired(hashKey('sk-old'))).toMatchObject({ endsAt: time + 10_000 })
    expect(await run()).toBe(0)
    time += 10_000
    expect(await keys.find(hashKey('sk-old'))).toBeUndefined()
    expect(await keys.find(next)).toBeDefined()
  })

  test('a secret that nobody takes leaves the old one without an end, and another follows later', async () => {
    isTaken = false
    await database.keys.create(keyRow(hashKey('sk-kept'), { rotation: due }))
    const { keys, run } = job()
    expect(await run()).toBe(0)
    expect(await run()).toBe(0)
    expect(events.splice(0)).toHaveLength(1)
    time += 300_000
    expect(await run()).toBe(0)
    expect(events).toHaveLength(1)
    time += 3_000_000_000
    expect(await keys.find(hashKey('sk-kept'))).toBeDefined()
    isTaken = true
    events.length = 0
    expect(await run()).toBeGreaterThan(0)
    time += 10_000
    expect(await keys.find(hashKey('sk-kept'))).toBeUndefined()
  })

  test('one replica at a time rotates', async () => {
    time += 10_000_000
    await database.keys.create(keyRow(hashKey('sk-once'), { rotation: { ...due, dueAt: time } }))
    events.length = 0
    const [one, two] = [job('one'), job('two')]
    await Promise.all([one.run(), two.run()])
    expect(events.filter(event => event.previous_token === hashKey('sk-once'))).toHaveLength(1)
  })

  test('what an ended secret spent is folded into its key, and the secret forgotten', async () => {
    time += 31 * 86_400_000
    await job('one').run()
    expect(await database.keys.findRetired(hashKey('sk-old'))).toBeUndefined()
  })
})
