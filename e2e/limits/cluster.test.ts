import { afterAll, expect, test } from 'vitest'
import type { LimitSubject } from '../../packages/gateway/src/limits/limiter.ts'
import { eventually } from '../eventually.ts'
import { redisSettings } from '../redis/redis-place.ts'
import { startRedisCluster } from '../services/redis-cluster.ts'
import { claim, ended, type Replica, startReplica, subject, tried } from './replica.ts'

const cluster = await startRedisCluster('{limits}')
afterAll(() => cluster.remove())

const WORST = 100
const BUDGET = 6_000
const settings = redisSettings(0, { kind: 'cluster', nodes: cluster.addresses })

/** As many counters as a call of somebody in a team, of an organization, with a customer and tags has. */
function everybody(id: string, limits: Partial<LimitSubject>): readonly LimitSubject[] {
  const kinds = ['key', 'user', 'team', 'team_member', 'organization', 'project', 'customer', 'tag'] as const
  return kinds.map(kind => subject({ kind, id, label: id, ...limits }))
}

/** What was spent in all, and what the database says: it was written up to the last round. */
let spent = 0

/** Calls that come one after another at both replicas, each of which costs what it claimed. */
async function spend(replicas: readonly Replica[], calls: number): Promise<void> {
  const limits = { maxParallelRequests: 1_000, budget: { maxNanoUsd: BUDGET, spentNanoUsd: spent } }
  for (let i = 0; i < calls; i++) {
    const replica = replicas[i % replicas.length] as Replica
    const got = await tried(replica, claim(everybody('money', limits), { nanoUsd: WORST }))
    if (got === undefined) continue
    await got.settle(ended({ nanoUsd: WORST }))
    spent += WORST
  }
}

const areShared = (replicas: readonly Replica[]) =>
  eventually('both count together', () => replicas.every(({ limiter }) => limiter.isShared() === true))

test('limits hold in a cluster: exactly, after lost scripts, a slot that moves, a node that dies, and one that forgot', async () => {
  const patience = () => 5_000
  const replicas = [await startReplica(settings, patience), await startReplica(settings, patience)]
  const [one, two] = replicas as unknown as readonly [Replica, Replica]

  // Exact over replicas, eight counters each.
  const rated = () => claim(everybody('rated', { rpm: 20 }))
  const all = await Promise.all(Array.from({ length: 60 }, (_, i) => tried(i % 2 === 0 ? one : two, rated())))
  expect(all.filter(each => each !== undefined).length).toBe(20)
  await spend(replicas, 10)
  expect(spent).toBe(1_000)

  // A node that was restarted, or told to forget its scripts, is told them again.
  await cluster.ask(await cluster.masterOf('{limits}'), 'SCRIPT', 'FLUSH')
  await spend(replicas, 4)
  expect(spent).toBe(1_400)

  // The slot moves: the old node says MOVED, and nothing that was counted is lost.
  const old = await cluster.masterOf('{limits}')
  await cluster.ask(cluster.follower, 'CLUSTER', 'FAILOVER')
  await eventually('another node has the slot', async () => (await cluster.masterOf('{limits}')) !== old)
  await areShared(replicas)
  await spend(replicas, 6)
  await areShared(replicas)
  expect(one.limiter.spentNanoUsd('key', 'money') ?? 0).toBeLessThanOrEqual(spent)

  // The node dies: shares are used until its follower has taken over.
  const dying = await cluster.masterOf('{limits}')
  await eventually('the other follows', async () =>
    (await cluster.ask(old, 'INFO', 'replication')).includes('master_link_status:up'),
  )
  await dying.stop()
  await spend(replicas, 4)
  expect(one.limiter.decidedAlone + two.limiter.decidedAlone).toBeGreaterThan(0)
  await eventually('the follower has taken over', async () =>
    (await cluster.ask(old, 'ROLE')).startsWith('master'),
  )
  await areShared(replicas)
  await spend(replicas, 4)

  // Nobody is left who has the slot: shares again, and no more than them.
  await old.stop()
  await spend(replicas, 30)
  expect(spent).toBeLessThanOrEqual(BUDGET + replicas.length * WORST)
  // It comes back with nothing: what the replicas know counts.
  await old.start()
  await areShared(replicas)
  await spend(replicas, 80)
  expect(spent).toBeGreaterThanOrEqual(BUDGET - replicas.length * WORST)
  expect(spent).toBeLessThanOrEqual(BUDGET + replicas.length * WORST)
}, 180_000)
