import { openRedis } from '../../packages/gateway/src/redis/open-redis.ts'
import type { Redis as Connection } from '../../packages/gateway/src/redis/redis.ts'
import { eventually } from '../eventually.ts'
import { keepLog, redisSettings } from '../redis/redis-place.ts'
import { type Redis, startRedis } from './redis.ts'

/** Three masters, and a replica of one of them. */
export interface RedisCluster {
  readonly masters: readonly Redis[]
  /** Of every node; a client finds the others by any. */
  readonly addresses: readonly { readonly host: string; readonly port: number }[]
  /** The node that has the slot of a key now, as the others see it. */
  masterOf(key: string): Promise<Redis>
  /** Follows the master of the key that the cluster was made for; stops existing as a follower at a failover. */
  readonly follower: Redis
  /** One command to one node. */
  ask(node: Redis, ...command: readonly string[]): Promise<string>
  remove(): Promise<void>
}

const BOUNDS = [0, 5461, 10_923, 16_384] as const

/** Starts a cluster of our own; the master of `followed` has a follower, which takes over when it dies. */
export async function startRedisCluster(followed: string): Promise<RedisCluster> {
  const args = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '1500']
  const nodes = await Promise.all([0, 1, 2, 3].map(() => startRedis(args)))
  const connections = new Map<Redis, Connection>()
  for (const node of nodes) connections.set(node, openRedis(redisSettings(node.port), keepLog()))
  const ask = async (node: Redis, ...command: readonly string[]) =>
    String(await connections.get(node)?.command(command, { timeoutMs: 5_000 }))
  const [first, second, third, follower] = nodes as unknown as readonly [Redis, Redis, Redis, Redis]
  const masters = [first, second, third]
  await eventually('all are up', () => [...connections.values()].every(each => each.isUp()))
  for (const [index, node] of masters.entries()) {
    const slots = [BOUNDS[index], (BOUNDS[index + 1] as number) - 1].map(String)
    await ask(node, 'CLUSTER', 'ADDSLOTSRANGE', ...slots)
    await ask(node, 'CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1))
  }
  for (const { port } of nodes.slice(1)) await ask(first, 'CLUSTER', 'MEET', '127.0.0.1', String(port))
  const stands = async (node: Redis) => {
    const info = await ask(node, 'CLUSTER', 'INFO')
    return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:4')
  }
  for (const node of nodes) await eventually('the cluster stands', () => stands(node))
  const slot = Number(await ask(first, 'CLUSTER', 'KEYSLOT', followed))
  const leader = masters[BOUNDS.findLastIndex(bound => slot >= bound)] as Redis
  await ask(follower, 'CLUSTER', 'REPLICATE', await ask(leader, 'CLUSTER', 'MYID'))
  await eventually('it follows', async () =>
    (await ask(follower, 'INFO', 'replication')).includes('master_link_status:up'),
  )
  return {
    masters,
    follower,
    addresses: nodes.map(({ port }) => ({ host: '127.0.0.1', port })),
    ask,
    async masterOf(key) {
      const other = masters.find(node => node !== leader) as Redis
      const shards = await ask(other, 'CLUSTER', 'NODES')
      const wanted = Number(await ask(other, 'CLUSTER', 'KEYSLOT', key))
      const line = shards
        .split('\n')
        .find(each => each.includes('master') && !each.includes('fail') && has(each, wanted))
      const found = nodes.find(({ port }) => line?.includes(`:${port}@`))
      if (found === undefined) throw new Error(`nobody has the slot of ${key}: ${shards}`)
      return found
    },
    async remove() {
      await Promise.all([...connections.values()].map(each => each.close()))
      await Promise.all(nodes.map(node => node.remove()))
    },
  }
}

/** `… connected 0-5460 5470` */
function has(line: string, slot: number): boolean {
  return line
    .split(' ')
    .slice(8)
    .some(range => {
      const [from = Number.NaN, to = from] = range.split('-').map(Number)
      return slot >= from && slot <= to
    })
}
