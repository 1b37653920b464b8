/** Prints what limits cost a call, in memory and through Redis: see the README. */
import { CALLS, costInMemory, costOfClaim } from './memory-cost.ts'
import { costThroughRedis } from './redis-cost.ts'

console.log('| limits of a call | reserve and settle |')
console.log('|---|---:|')
for (const counters of [1, 4, 8]) {
  const { micros, refusalMicros } = costInMemory(counters)
  console.log(`| memory, ${counters} counters | ${micros.toFixed(2)} µs |`)
  if (counters === 8) console.log(`| memory, refused by the eighth | ${refusalMicros.toFixed(2)} µs |`)
}
console.log(`| who is charged, of a key in a team with limits per model | ${costOfClaim().toFixed(2)} µs |`)
const redis = await costThroughRedis(8)
if (redis === undefined) console.log('| Redis | not installed |')
else {
  console.log(
    `| Redis, 8 counters: p50 of a reserve, one call at a time | ${redis.reserveP50.toFixed(0)} µs |`,
  )
  console.log(`| Redis, 8 counters: p99 | ${redis.reserveP99.toFixed(0)} µs |`)
  console.log(
    `| Redis, 8 counters: what Redis computes for a reserve and a settle | ${redis.serverMicros.toFixed(0)} µs |`,
  )
  console.log(
    `| Redis, 8 counters: calls a second with 64 in flight, one process | ${redis.perSecond.toFixed(0)} |`,
  )
  console.log(
    `| Redis: commands for ${redis.calls} calls, beats of the replica included | ${redis.commands} |`,
  )
}
console.log(`\n${CALLS} calls each after as many to warm up; Node ${process.version}.`)
