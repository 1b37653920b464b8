import { randomBytes, randomUUID } from 'node:crypto'
import { principalRow } from '../../auth/door/principal.ts'
import { hashKey, maskKey } from '../../auth/hash.ts'
import type { Database } from '../../db/database.ts'
import type { Audit } from '../audit/audit-log.ts'
import { keyObject } from '../keys/key-json.ts'

export interface RegisterServices {
  readonly database: Pick<Database, 'keys' | 'keyMappings'>
  readonly audit: Audit
  readonly now: () => number
}

/** `auto_register`: a key for a claim that has none, whose secret nobody ever sees. Gives its hash. */
export function registerKeyOf({ database, audit, now }: RegisterServices) {
  return async (claimName: string, claimValue: string, subject: string): Promise<string> => {
    const secret = `sk-${randomBytes(24).toString('base64url')}`
    const time = now()
    const authors = { createdAt: time, createdBy: 'jwt', updatedAt: time, updatedBy: 'jwt' }
    const row = principalRow(hashKey(secret), {
      ...authors,
      keyName: maskKey(secret),
      metadata: { jwt_claim_name: claimName, jwt_claim_value: claimValue, jwt_subject: subject },
    })
    const mapping = {
      id: randomUUID(),
      claimName,
      claimValue,
      tokenHash: row.tokenHash,
      description: null,
      isActive: true,
    }
    try {
      await audit.together(async () => {
        await database.keys.create(row)
        await database.keyMappings.create({ ...mapping, ...authors })
        await audit.record({
          ...{ action: 'created', table: 'LiteLLM_VerificationToken', objectId: row.tokenHash },
          ...{ after: keyObject(row), actor: 'jwt' },
        })
      })
      return row.tokenHash
    } catch (error) {
      // Another call registered it in the same moment.
      const there = await database.keyMappings.find(claimName, claimValue)
      if (there === undefined) throw error
      return there.tokenHash
    }
  }
}
