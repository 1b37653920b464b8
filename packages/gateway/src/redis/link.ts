import type { RedisClientOptions } from '@redis/client'
import { namedExports } from 'sluice/internal'
import type { RedisNode, RedisSettings } from '../config/redis-settings.ts'
import { inTime } from './in-time.ts'
import { redisRefusal } from './redis-error.ts'

/** One connection to Redis, or to a cluster of it, as long as it lasts. Errors are of the client, refusals ours. */
export interface RedisLink {
  /** `key` decides the node of a cluster. */
  send(key: string | undefined, args: readonly (string | Buffer)[]): Promise<unknown>
  subscribe(channel: string, listener: (message: string) => void): Promise<void>
  unsubscribe(channel: string): Promise<void>
  destroy(): void
}

type Client = typeof import('@redis/client')
type Args = (string | Buffer)[]

/** Milliseconds to connect and sign in. */
const CONNECT_MS = 5_000
/** Commands that may wait for an answer; more are refused. */
const MOST_WAITING = 10_000
const LONGEST_NODE_BACKOFF_MS = 10_000

/** Connects and signs in. `onBroken` is told once when the connection ends by itself. */
export async function connectLink(
  settings: RedisSettings,
  onBroken: (error: Error) => void,
): Promise<RedisLink> {
  // Lazy: a gateway without Redis never loads the driver.
  const client = namedExports(await import('@redis/client'), 'createClient')
  if (settings.kind === 'cluster') return clusterLink(client, settings)
  const node = settings.kind === 'sentinel' ? await masterOf(client, settings) : settings.nodes[0]
  return nodeLink(client, clientOptions(settings, node as RedisNode), onBroken)
}

async function nodeLink(
  { createClient, ErrorReply }: Client,
  options: RedisClientOptions,
  onBroken: (error: Error) => void,
): Promise<RedisLink> {
  const client = createClient({ ...options, RESP: 3 })
  let broken = false
  client.on('error', (error: Error) => {
    if (!broken) onBroken(error)
    broken = true
  })
  try {
    await inTime(client.connect(), CONNECT_MS)
  } catch (error) {
    client.destroy()
    throw error
  }
  const refuse = refusing(ErrorReply)
  return {
    send: (_key, args) => client.sendCommand(args as Args).catch(refuse),
    subscribe: (channel, listener) => client.subscribe(channel, listener),
    unsubscribe: channel => client.unsubscribe(channel),
    destroy: () => client.destroy(),
  }
}

/** A cluster's client looks after its nodes by itself; whether the whole answers is for the heartbeat to find out. */
async function clusterLink(
  { createCluster, ErrorReply }: Client,
  settings: RedisSettings,
): Promise<RedisLink> {
  const { socket, ...defaults } = clientOptions(settings, undefined)
  const cluster = createCluster({
    RESP: 3,
    rootNodes: settings.nodes.map(({ host, port }) => ({ socket: { host, port } })),
    defaults: { ...defaults, socket: { ...socket, reconnectStrategy: nodeBackoff } as object },
    // A node that is down must not keep the others from being used.
    minimizeConnections: true,
  })
  let problem: Error | undefined
  const note = (error: Error) => {
    problem = error
  }
  cluster.on('error', note)
  cluster.on('node-error', note)
  try {
    await inTime(cluster.connect(), CONNECT_MS)
  } catch (error) {
    cluster.destroy()
    throw problem ?? error
  }
  const refuse = refusing(ErrorReply)
  return {
    send: (key, args) => cluster.sendCommand(key, false, args as Args).catch(refuse),
    subscribe: (channel, listener) => cluster.subscribe(channel, listener),
    unsubscribe: channel => cluster.unsubscribe(channel),
    destroy: () => cluster.destroy(),
  }
}

function refusing(errorReply: Client['ErrorReply']): (error: unknown) => never {
  return error => {
    throw error instanceof errorReply ? redisRefusal(error) : error
  }
}

/** The first sentinel that answers knows where the master is. */
async function masterOf(client: Client, settings: RedisSettings): Promise<RedisNode> {
  let problem: unknown
  for (const node of settings.nodes) {
    const own = { ...settings, username: undefined, password: settings.sentinelPassword, database: 0 }
    try {
      const sentinel = await nodeLink(client, clientOptions(own, node), () => {})
      try {
        const asked = sentinel.send(undefined, [
          'SENTINEL',
          'get-master-addr-by-name',
          settings.service ?? '',
        ])
        const address = await inTime(asked, CONNECT_MS)
        if (Array.isArray(address)) return { host: String(address[0]), port: Number(address[1]) }
        problem = new Error(`no sentinel knows a master named ${settings.service}`)
      } finally {
        sentinel.destroy()
      }
    } catch (error) {
      problem = error
    }
  }
  throw problem
}

function clientOptions(settings: RedisSettings, node: RedisNode | undefined): RedisClientOptions {
  const { username, password, database, tls } = settings
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(database !== 0 && { database }),
    name: 'sluice',
    disableOfflineQueue: true,
    commandsQueueMaxLength: MOST_WAITING,
    maintNotifications: 'disabled',
    socket: {
      ...node,
      connectTimeout: CONNECT_MS,
      // Whoever owns the link connects anew: to another master, should there be one.
      reconnectStrategy: false,
      ...(tls && {
        tls: true,
        rejectUnauthorized: tls.verify,
        ...(!tls.checkHostname && { checkServerIdentity: () => undefined }),
      }),
    } as NonNullable<RedisClientOptions['socket']>,
  }
}

function nodeBackoff(retries: number): number {
  return Math.min(100 * 2 ** Math.min(retries, 10), LONGEST_NODE_BACKOFF_MS) * (0.5 + Math.random() / 2)
}
