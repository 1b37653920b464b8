import { isJsonArray } from 'sluice/internal'
import type { RedisNode } from '../redis-settings.ts'
import { type ConfigNode, toJson } from '../source/node.ts'
import { accepted, type Row, type Section, type Table, type ValueType, works } from './row.ts'
import { anything, flag, positiveSeconds, refuse, scalar, secret, text, whole } from './types.ts'

/** What a Redis address says. */
export interface RedisAddress extends RedisNode {
  readonly username: string | undefined
  readonly password: string | undefined
  readonly database: number | undefined
  readonly tls: boolean
}

const DEFAULT_PORT = 6379
const SENTINEL_PORT = 26_379
const redisPort = whole(1, 65_535)

/** `redis://user:password@host:6379/0`, or `rediss://` for TLS. No message repeats it. */
export const redisUrl: ValueType<RedisAddress> = {
  name: 'redis://user:password@host:6379/0 or rediss://…',
  example: 'os.environ/REDIS_URL',
  read: (node, key, report) => parseAddress(node) ?? refuse({ ...redisUrl, secret: true }, node, key, report),
}

function parseAddress(node: ConfigNode): RedisAddress | undefined {
  const url = node.kind === 'scalar' ? URL.parse(String(node.value).trim()) : null
  if (url === null || !['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '') return undefined
  const shown = url.pathname.slice(1) || url.searchParams.get('db')
  const database = shown ? Number(shown) : undefined
  if (database !== undefined && !(Number.isInteger(database) && database >= 0)) return undefined
  try {
    return {
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: url.port === '' ? DEFAULT_PORT : Number(url.port),
      username: decodeURIComponent(url.username) || undefined,
      password: decodeURIComponent(url.password) || undefined,
      database,
      tls: url.protocol === 'rediss:',
    }
  } catch (error) {
    // A stray % in the password.
    if (error instanceof URIError) return undefined
    throw error
  }
}

/** Nodes as `{ host, port }` or `[host, port]`, in a list or, from the environment, as JSON text. */
function nodes(defaultPort: number): ValueType<readonly RedisNode[]> {
  const type: ValueType<readonly RedisNode[]> = {
    name: 'a list of nodes, each with host and port',
    example: `[{ host: redis-1, port: ${defaultPort} }]`,
    read(node, key, report) {
      const found = listOf(node)?.map(item => nodeOf(item, defaultPort))
      if (found === undefined || found.length === 0 || found.includes(undefined))
        return refuse(type, node, key, report)
      return found as readonly RedisNode[]
    },
  }
  return type
}

function listOf(node: ConfigNode): readonly unknown[] | undefined {
  const value = node.kind === 'scalar' ? parseJson(String(node.value)) : toJson(node)
  return Array.isArray(value) ? value : undefined
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function nodeOf(item: unknown, defaultPort: number): RedisNode | undefined {
  const named = item as { host?: unknown; port?: unknown } | null
  const [host, asked]: readonly unknown[] = isJsonArray(item) ? item : [named?.host, named?.port]
  const port = Number(asked ?? defaultPort)
  const isPort = Number.isInteger(port) && port > 0 && port < 65_536
  return typeof host === 'string' && host !== '' && isPort ? { host, port } : undefined
}

/** `none` and its like: any certificate will do. */
const certificateCheck = scalar('required, optional or none', 'required', node => {
  if (node.kind !== 'scalar') return undefined
  const word = String(node.value)
    .toLowerCase()
    .replace(/^cert_/, '')
  if (['none', 'false', 'null'].includes(word)) return false
  return ['required', 'optional', 'true'].includes(word) ? true : undefined
})

const TO = 'redis'
const row = <T>(type: ValueType<T>, doc: string): Row<T> => works(type, doc, TO)

/** How Redis is reached, under the names of LiteLLM's Redis client. */
export const redisRows = {
  host: row(text, 'Redis host.'),
  port: row(redisPort, 'Redis port; 6379 unless stated.'),
  username: row(text, 'Redis user.'),
  password: row(secret, 'Redis password.'),
  db: row(whole(), 'Redis database number.'),
  url: row(redisUrl, 'Redis address; wins over host, port, user, password and database.'),
  ssl: row(flag, 'Use TLS.'),
  ssl_cert_reqs: row(certificateCheck, 'Which certificate check to make; `none` makes none.'),
  ssl_check_hostname: row(flag, 'Check the host name of the certificate.'),
  redis_startup_nodes: row(nodes(DEFAULT_PORT), 'Nodes of a Redis cluster; wins over url and host.'),
  service_name: row(text, 'What the sentinels call the master.'),
  sentinel_nodes: row(nodes(SENTINEL_PORT), 'Sentinel nodes; win over url and host.'),
  sentinel_password: row(secret, 'Sentinel password.'),
  namespace: row(text, 'What every key begins with; `sluice` unless stated.'),
} as const satisfies Table

/** The router's own words for the rest of it. */
export const cacheKwargs = {
  name: 'router_settings.cache_kwargs',
  doc: 'More settings of the router’s Redis.',
  rows: {
    ...redisRows,
    startup_nodes: row(nodes(DEFAULT_PORT), 'As `redis_startup_nodes`.'),
    socket_timeout: row(positiveSeconds, 'Seconds a command may take.'),
    max_connections: accepted(whole(1), 'Most connections; there is one.'),
    type: accepted(anything, 'Kind of store.'),
  },
} as const satisfies Section

/** Variables of the environment; used where the file asks for Redis and does not say the same itself. */
export const redisVariables = {
  REDIS_URL: row(redisUrl, 'Redis address, for a configuration that asks for Redis.'),
  REDIS_HOST: row(text, 'Redis host, likewise.'),
  REDIS_PORT: row(redisPort, 'Redis port.'),
  REDIS_USERNAME: row(text, 'Redis user.'),
  // Text, because an empty one means none.
  REDIS_PASSWORD: row(text, 'Redis password.'),
  REDIS_DB: row(whole(), 'Redis database number.'),
  REDIS_SSL: row(flag, 'Use TLS.'),
  REDIS_SSL_CERT_REQS: row(certificateCheck, 'Which certificate check to make.'),
  REDIS_SSL_CHECK_HOSTNAME: row(flag, 'Check the host name of the certificate.'),
  REDIS_CLUSTER_NODES: row(nodes(DEFAULT_PORT), 'Nodes of a Redis cluster, as JSON.'),
  REDIS_SENTINEL_NODES: row(nodes(SENTINEL_PORT), 'Sentinel nodes, as JSON.'),
  REDIS_SERVICE_NAME: row(text, 'What the sentinels call the master.'),
  REDIS_SENTINEL_PASSWORD: row(text, 'Sentinel password.'),
  REDIS_NAMESPACE: row(text, 'What every key begins with.'),
  REDIS_SOCKET_TIMEOUT: row(positiveSeconds, 'Seconds a command may take; 0.1 unless stated.'),
} as const satisfies Table
