import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@redis/client'
import { startUpstream } from '@sluice/testkit'
import { afterAll, beforeAll, test } from 'vitest'
import { eventually } from '../../eventually.ts'
import { type Rig, startRig } from '../../gateway.ts'
import { type Redis, startRedis } from '../../services/redis.ts'
import { startTcpProxy, type TcpProxy } from '../tcp-proxy.ts'
import { chat, holdToTable, type Keys } from './ask-all.ts'
import { faultOf } from './fault-table.ts'

const folder = await mkdtemp(join(tmpdir(), 'sluice-faults-'))
const upstream = await startUpstream()
let redis: Redis
let proxy: TcpProxy
let rig: Rig
let password = 'the-first'
const fresh: string[] = []

/** Whoever looks after Redis, past the proxy, on a connection that lasts. */
async function openOperator() {
  const client = createClient({
    url: redis.url,
    password,
    socket: { reconnectStrategy: false },
  })
  await client.connect()
  return {
    async run(...commands: string[]) {
      for (const command of commands) await client.sendCommand(command.split(' '))
    },
    close: () => client.destroy(),
  }
}

async function asOperator(...commands: string[]): Promise<void> {
  const operator = await openOperator()
  await operator.run(...commands)
  operator.close()
}

const dropOthers = ['CLIENT KILL TYPE NORMAL SKIPME YES', 'CLIENT KILL TYPE PUBSUB SKIPME YES']
const configFile = join(folder, 'config.yaml')

async function writeConfig(): Promise<void> {
  await writeFile(
    configFile,
    JSON.stringify({
      model_list: [
        {
          model_name: 'openai/*',
          litellm_params: { model: 'openai/*', api_base: upstream.baseUrl('openai'), api_key: 'k' },
        },
      ],
      router_settings: { redis_url: `redis://:${password}@127.0.0.1:${proxy.port}/0` },
      general_settings: { proxy_batch_write_at: 0.05 },
    }),
  )
}

beforeAll(async () => {
  redis = await startRedis(['--requirepass', password])
  proxy = await startTcpProxy(redis.port)
  await writeConfig()
  const dataDirectory = join(folder, 'data')
  const start = () => startRig({ upstream, dataDirectory, args: ['--config', configFile] })
  const other = await start()
  fresh.push(...(await Promise.all(Array.from({ length: 18 }, () => other.newKey({ rpm_limit: 100 })))))
  await other.close()
  rig = await start()
})
afterAll(async () => {
  await rig.close()
  await proxy.close()
  await redis.remove()
  await upstream.close()
  await rm(folder, { recursive: true })
})

/** A key that was just used, and three that were not; all have limits, which replicas share. */
async function keys(): Promise<Keys> {
  const known = await rig.newKey({ rpm_limit: 100 })
  await eventually('it is known', async () => (await chat(rig, known)).status === 200)
  return { known, fresh: fresh.splice(0, 3) }
}

test('down', async () => {
  await holdToTable(rig, faultOf('Redis', 'down'), await keys(), {
    begin: () => redis.stop(),
    end: () => redis.start(),
  })
})

test('slow', async () => {
  await holdToTable(rig, faultOf('Redis', 'slow (2 s)'), await keys(), {
    begin: async () => proxy.slowDown(2_000),
    end: async () => proxy.recover(),
  })
})

test('silent', async () => {
  await holdToTable(rig, faultOf('Redis', 'silent (packets swallowed)'), await keys(), {
    begin: async () => proxy.fallSilent(),
    end: async () => proxy.recover(),
  })
})

test('a read-only replica', async () => {
  await holdToTable(rig, faultOf('Redis', 'a read-only replica'), await keys(), {
    // As after a failover, when the name still leads to the master that was.
    begin: () => asOperator('REPLICAOF 127.0.0.1 1'),
    end: () => asOperator('REPLICAOF NO ONE'),
  })
})

test('out of connections', async () => {
  const operator = await openOperator()
  await holdToTable(rig, faultOf('Redis', 'out of connections'), await keys(), {
    begin: () => operator.run('CONFIG SET maxclients 1', ...dropOthers),
    end: () => operator.run('CONFIG SET maxclients 10000'),
  })
  operator.close()
})

test('restarted with a new password', async () => {
  await holdToTable(rig, faultOf('Redis', 'restarted with a new password'), await keys(), {
    async begin() {
      const next = 'the-second'
      await asOperator(`CONFIG SET requirepass ${next}`, ...dropOthers)
      password = next
    },
    end: () => writeConfig(),
  })
})
