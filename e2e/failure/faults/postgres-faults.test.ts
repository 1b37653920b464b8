import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startUpstream } from '@sluice/testkit'
import { Client } from 'pg'
import { afterAll, beforeAll, test } from 'vitest'
import { eventually } from '../../eventually.ts'
import { type Rig, startRig } from '../../gateway.ts'
import { type Postgres, startPostgres } from '../../services/postgres.ts'
import { startTcpProxy, type TcpProxy } from '../tcp-proxy.ts'
import { chat, holdToTable, type Keys } from './ask-all.ts'
import { faultOf } from './fault-table.ts'

const MOST_CONNECTIONS = 30
const FAULTS = 6

const folder = await mkdtemp(join(tmpdir(), 'sluice-faults-'))
const upstream = await startUpstream()
let postgres: Postgres
let proxy: TcpProxy
let rig: Rig
let password = 'the-first'
/** Good keys that the gateway has never seen. */
const fresh: string[] = []

/** Statements of the server's superuser, past the proxy. */
async function asSuperuser(...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: postgres.url })
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}

const configFile = join(folder, 'config.yaml')

/** As an operator changes the password in the file. */
async function writeConfig(): Promise<void> {
  const database_url = `postgresql://gateway:${password}@127.0.0.1:${proxy.port}/faults`
  await writeFile(
    configFile,
    JSON.stringify({
      model_list: [
        {
          model_name: 'openai/*',
          litellm_params: { model: 'openai/*', api_base: upstream.baseUrl('openai'), api_key: 'k' },
        },
      ],
      general_settings: { database_url, proxy_batch_write_at: 0.05 },
    }),
  )
}

/** Who the gateway is, must prove it. */
async function askForPasswords(): Promise<void> {
  const client = new Client({ connectionString: postgres.url })
  await client.connect()
  const { rows } = await client.query<{ file: string }>("select current_setting('hba_file') as file")
  const lines = ['host all gateway all scram-sha-256', 'host all all all trust', 'local all all trust']
  const values = lines.map(line => `('${line}')`).join(', ')
  await client.query(`copy (values ${values}) to '${rows[0]?.file}'`)
  await client.query('select pg_reload_conf()')
  await client.end()
}

beforeAll(async () => {
  postgres = await startPostgres({ max_connections: MOST_CONNECTIONS })
  await askForPasswords()
  await asSuperuser(
    `create role gateway login password '${password}'`,
    'create database faults owner gateway',
  )
  proxy = await startTcpProxy(postgres.port)
  await writeConfig()
  const other = await startRig({ upstream, args: ['--config', configFile] })
  fresh.push(...(await Promise.all(Array.from({ length: FAULTS * 3 }, () => other.newKey()))))
  await other.close()
  rig = await startRig({ upstream, args: ['--config', configFile] })
})
afterAll(async () => {
  await rig.close()
  await proxy.close()
  await postgres.remove()
  await upstream.close()
  await rm(folder, { recursive: true })
})

/** A key that was just used, and three that were not. */
async function keys(): Promise<Keys> {
  const known = await eventually('a key can be made', () => rig.newKey().catch(() => false as const))
  await eventually('it is known', async () => (await chat(rig, known)).status === 200)
  return { known, fresh: fresh.splice(0, 3) }
}

test('down', async () => {
  await holdToTable(rig, faultOf('PostgreSQL', 'down'), await keys(), {
    begin: () => postgres.stop('immediate'),
    end: () => postgres.start(),
  })
})

test('slow', async () => {
  await holdToTable(rig, faultOf('PostgreSQL', 'slow (2 s)'), await keys(), {
    begin: async () => proxy.slowDown(2_000),
    end: async () => proxy.recover(),
  })
})

test('silent', async () => {
  await holdToTable(rig, faultOf('PostgreSQL', 'silent (packets swallowed)'), await keys(), {
    begin: async () => proxy.fallSilent(),
    end: async () => proxy.recover(),
  })
})

test('read-only', async () => {
  const readOnly = (value: 'on' | 'off') =>
    asSuperuser(`alter system set default_transaction_read_only = ${value}`, 'select pg_reload_conf()')
  await holdToTable(rig, faultOf('PostgreSQL', 'read-only'), await keys(), {
    begin: () => readOnly('on'),
    end: () => readOnly('off'),
  })
})

test('out of connections', async () => {
  const others: Client[] = []
  await holdToTable(rig, faultOf('PostgreSQL', 'out of connections'), await keys(), {
    async begin() {
      const first = new Client({ connectionString: postgres.url })
      await first.connect()
      others.push(first)
      // The gateway would win some of those it lost before all are taken.
      await first.query('alter role gateway connection limit 0')
      await first.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'gateway'`)
      await takeAll(others)
      await first.query('alter role gateway connection limit -1')
    },
    async end() {
      await Promise.all(others.map(client => client.end()))
    },
  })
})

/** Takes every connection there is. */
async function takeAll(clients: Client[]): Promise<void> {
  for (;;) {
    const client = new Client({ connectionString: postgres.url })
    client.on('error', () => {})
    try {
      await client.connect()
    } catch {
      return
    }
    clients.push(client)
  }
}

test('restarted with new credentials', async () => {
  await holdToTable(rig, faultOf('PostgreSQL', 'restarted with new credentials'), await keys(), {
    async begin() {
      password = 'the-second'
      await asSuperuser(`alter role gateway password '${password}'`)
      await postgres.stop()
      await postgres.start()
    },
    end: () => writeConfig(),
  })
})
