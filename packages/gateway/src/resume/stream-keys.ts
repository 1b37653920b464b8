import type { Redis } from '../redis/redis.ts'

/** A replica whose lease has ended is gone; milliseconds. */
export const LEASE_MS = 4_000
/** How long one who reads elsewhere counts after it was last heard of, milliseconds. */
export const READER_MS = 5_000

export interface StreamKeys {
  /** `StreamFacts` and the owner, as JSON. */
  readonly facts: string
  /** A Redis stream: entries `<last event>-0`, with `f` the first event's number and `d` their bytes as Latin-1; at the end `e`. */
  readonly events: string
  /** Number of the first event that a reader at another replica has not taken. */
  readonly reader: string
  /** There when a client at another replica wants no more of it. */
  readonly stop: string
}

export function keysOf(redis: Redis, id: string): StreamKeys {
  const key = (part: string) => redis.key('resumable', `{${id}}`, part)
  return { facts: key('facts'), events: key('events'), reader: key('reader'), stop: key('stop') }
}

/** There as long as the replica is. */
export function ownerKey(redis: Redis, owner: string): string {
  return redis.key('resumable', 'owner', owner)
}
