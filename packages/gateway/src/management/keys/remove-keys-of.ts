import type { FastifyRequest } from 'fastify'
import type { Database, KeyFilter } from '../../db/database.ts'
import type { Audit } from '../audit/audit-log.ts'
import { keyObject } from './key-json.ts'

/** Whose keys: at least one must be named. */
export type KeysOf = Pick<KeyFilter, 'userId' | 'teamId' | 'organizationId'>

export interface RemoveKeysServices {
  readonly database: Pick<Database, 'keys'>
  readonly audit: Audit
}

const AT_ONCE = 500

/**
 * Removes every key of somebody, each with its entry in the audit log; inside the caller's transaction. Gives the
 * hashes of those there were, which this replica's memory must forget once they are gone.
 */
export async function removeKeysOf(
  of: KeysOf,
  by: { readonly request: FastifyRequest } | { readonly actor: string },
  { database, audit }: RemoveKeysServices,
): Promise<readonly string[]> {
  if (Object.keys(of).length === 0) throw new TypeError('whose keys?')
  const hashes: string[] = []
  for (;;) {
    const { rows } = await database.keys.list({ ...of, page: 1, size: AT_ONCE })
    if (rows.length === 0) return hashes
    const removed = await database.keys.remove(rows.map(({ tokenHash }) => tokenHash))
    await audit.record(
      removed.map(row => ({
        ...{ action: 'deleted' as const, table: 'LiteLLM_VerificationToken', objectId: row.tokenHash },
        ...{ before: keyObject(row), ...by },
      })),
    )
    hashes.push(...removed.map(({ tokenHash }) => tokenHash))
  }
}
