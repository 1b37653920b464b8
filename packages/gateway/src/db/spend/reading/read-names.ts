import type { Kysely } from 'kysely'
import type { Tables } from '../../tables.ts'

/** What a key is called in reports. */
export interface KeyNames {
  readonly alias: string | null
  readonly name: string | null
  readonly teamId: string | null
  readonly userId: string | null
  /** False for a key that was removed. */
  readonly exists: boolean
}

const AT_ONCE = 1_000

/** Names of keys by their hashes, removed keys among them; hashes that nobody knows are left out. */
export async function readKeyNames(
  database: Kysely<Tables>,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, KeyNames>> {
  const names = new Map<string, KeyNames>()
  for (let at = 0; at < hashes.length; at += AT_ONCE) {
    const some = hashes.slice(at, at + AT_ONCE)
    const deleted = await database
      .selectFrom('deleted_keys')
      .selectAll()
      .where('token_hash', 'in', some)
      .execute()
    for (const { token_hash: hash, row } of deleted) names.set(hash, namesOfDeleted(row))
    const keys = await database
      .selectFrom('virtual_keys')
      .select(['token_hash', 'key_alias', 'key_name', 'team_id', 'user_id'])
      .where('token_hash', 'in', some)
      .execute()
    for (const row of keys) {
      const { key_alias: alias, key_name: name, team_id: teamId, user_id: userId } = row
      names.set(row.token_hash, { alias, name, teamId, userId, exists: true })
    }
  }
  return names
}

function namesOfDeleted(json: string): KeyNames {
  const row = JSON.parse(json) as Partial<Record<'keyAlias' | 'keyName' | 'teamId' | 'userId', string | null>>
  const { keyAlias: alias = null, keyName: name = null, teamId = null, userId = null } = row
  return { alias, name, teamId, userId, exists: false }
}
