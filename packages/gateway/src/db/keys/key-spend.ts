import { type Expression, sql } from 'kysely'

/** What the earlier secrets of a key spent, nano-dollars: rotated or not, it is one key. */
export function retiredSpend(hash: string | Expression<unknown>) {
  return sql<number>`coalesce((select cast(sum(retired_totals.spend_nano_usd) as bigint) from deprecated_keys as retired join spend_totals as retired_totals on retired_totals.kind = 'key' and retired_totals.subject_id = retired.token_hash where retired.active_hash = ${hash}), 0)`
}

/** The same of all keys that have earlier secrets: `active_hash` and `nano`. */
export function retiredSpends() {
  return sql<{
    active_hash: string
    nano: number
  }>`(select retired.active_hash, cast(sum(coalesce((select spend_nano_usd from spend_totals where kind = 'key' and subject_id = retired.token_hash), 0)) as bigint) as nano from deprecated_keys as retired group by retired.active_hash)`
}

/** What is booked under one hash. */
export function bookedSpend(hash: string) {
  return sql<number>`coalesce((select spend_nano_usd from spend_totals where kind = 'key' and subject_id = ${hash}), 0)`
}

/** The base that makes a key's spend the given one. */
export function baseForKeySpend(hash: string, spendNanoUsd: number) {
  return sql<number>`${bookedSpend(hash)} + ${retiredSpend(hash)} - cast(${spendNanoUsd} as bigint)`
}
