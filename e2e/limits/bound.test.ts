import { setTimeout as pause } from 'node:timers/promises'
import { test } from 'vitest'
import { eventually } from '../eventually.ts'
import { startTcpProxy, type TcpProxy } from '../failure/tcp-proxy.ts'
import { type Redis, startRedis } from '../services/redis.ts'
import { claim, tried } from './replica.ts'
import { BUDGET, SLOTS, WORST, World } from './world.ts'

type Breaking = (redis: Redis, proxy: TcpProxy) => Promise<void>

const BREAKS: Readonly<Record<string, Breaking>> = {
  'is killed and comes back empty': async redis => {
    await redis.stop()
    await pause(400)
    await redis.start()
  },
  'falls silent and comes back as it was': async (_redis, proxy) => {
    proxy.fallSilent()
    await pause(600)
    proxy.recover()
  },
  'is slow': async (_redis, proxy) => {
    proxy.slowDown(300)
    await pause(800)
    // What is late must not be overtaken by what comes after it.
    proxy.recover()
  },
  'loses its data': async redis => {
    const { createClient } = await import('@redis/client')
    const client = createClient({ url: redis.url })
    await client.connect()
    await client.sendCommand(['FLUSHALL'])
    client.destroy()
  },
}

/** A small repeatable source of numbers in [0, 1). */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

async function traffic(world: World, random: () => number, until: () => boolean): Promise<void> {
  for (let step = 0; !until(); step++) {
    const work: Promise<void>[] = []
    for (let i = 0; i < 4; i++) work.push(random() < 0.58 ? world.begin() : world.end())
    await Promise.all(work)
    if (step % 20 === 0) world.write()
    if (step % 5 === 0) await pause(1)
  }
}

test.concurrent.for(Object.entries(BREAKS).map(([name, breaking], seed) => ({ name, breaking, seed })))(
  'the bound holds under random calls of three replicas, one of which is killed, when Redis $name',
  async ({ breaking, seed }, { expect, onTestFinished }) => {
    const random = generator(seed + 11)
    const redis = await startRedis()
    const proxy = await startTcpProxy(redis.port)
    onTestFinished(async () => {
      await proxy.close()
      await redis.remove()
    })
    const world = new World(proxy.port, random, onTestFinished)
    for (let i = 0; i < 3; i++) await world.join()
    // Every replica has heard of the others.
    await pause(1_200)

    let steps = 0
    await traffic(world, random, () => ++steps > 60)
    const isKilledFirst = seed === 2
    if (isKilledFirst) await world.kill()
    steps = 0
    await traffic(world, random, () => ++steps > 30)
    const late = isKilledFirst ? world.join() : Promise.resolve()
    let isBack = false
    world.noteBreak()
    const broken = late
      .then(() => breaking(redis, proxy))
      .finally(() => {
        isBack = true
      })
    await traffic(world, random, () => isBack)
    await broken
    world.patienceMs = 1_000
    // Every replica notices within a second what it has not noticed yet.
    await pause(1_200)
    await eventually('all count together again', () =>
      world.replicas.every(({ limiter }) => limiter.isShared()),
    )
    if (!isKilledFirst) await world.kill()
    steps = 0
    const isSpent = () => world.spent > BUDGET - 2 * WORST
    await traffic(world, random, () => ++steps > 500 || (steps > 60 && isSpent()))
    expect(world.highest).toBeLessThanOrEqual(0)

    // Every reservation returns, those of the killed process when its lease ends.
    await world.endAll()
    world.write()
    const [replica] = world.replicas
    if (replica === undefined) throw new Error('three are left')
    const slots = { ...world.key(), budget: undefined }
    await eventually('all slots are free', async () => {
      const got = await Promise.all(Array.from({ length: SLOTS }, () => tried(replica, claim([slots]))))
      for (const each of got) await each?.settle({ status: 'failure', cost: { state: 'none' } } as never)
      return !got.includes(undefined)
    })
    expect(world.spent).toBeGreaterThan(BUDGET / 2)
    expect(world.spent).toBeLessThan(BUDGET + 5 * WORST)
    expect(world.mostAtOnce).toBeLessThanOrEqual(2 * SLOTS)
    await eventually('exactly what was spent is counted', async () => {
      await tried(replica, claim([world.key()]))
      return replica.limiter.spentNanoUsd('key', 'k') === world.spent
    })
  },
)
