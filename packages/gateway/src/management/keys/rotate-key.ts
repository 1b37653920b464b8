import type { FastifyRequest } from 'fastify'
import { badRequest } from 'sluice/internal'
import type { z } from 'zod'
import { hashKey, maskKey } from '../../auth/hash.ts'
import type { KeyRow } from '../../db/rows.ts'
import { permitOf } from '../protect-routes.ts'
import { type IssuedKey, newSecret } from './issue-key.ts'
import { keyChanges } from './key-changes.ts'
import { changeOf, explainConflicts, type KeyOffice, keyNotFound, ownerOf } from './key-office.ts'
import type { RegenerateKeyBody } from './key-schemas.ts'
import { dueAfter, graceEnd, NO_ROTATION } from './rotation-fields.ts'

/**
 * Gives a key a new secret. The old one works until `grace_period` is over, on all replicas by their clocks; without
 * one it stops here now and elsewhere with the next sync. Spend, limits and counters go on as one key's.
 */
export async function regenerateKey(
  office: KeyOffice,
  reference: string,
  body: z.infer<typeof RegenerateKeyBody>,
  request: FastifyRequest,
): Promise<IssuedKey> {
  if (body.new_master_key != null) throw masterKeyIsConfiguration()
  const { key: _, new_key: wanted, new_master_key: __, grace_period: asked, ...fields } = body
  const { settings, audit, database, keys, randomBytes } = office.services
  const context = office.context(request)
  const secret = wanted ?? newSecret(randomBytes)
  let warnings: readonly string[] = []
  let alias: string | null = null
  const rotated = audit.together(async () => {
    const before = await office.find(reference)
    const reach = await permitOf(request).reach(ownerOf(before), body)
    const change = keyChanges(fields, before, context)
    warnings = change.warnings
    alias = change.changes.keyAlias ?? null
    const next = { ...before, ...change.changes }
    await office.checkRights(request, reach, before, next, true)
    const period = asked ?? next.rotation?.grace ?? settings().keys.rotation.grace
    const after = await database.keys.replaceHash({
      oldHash: before.tokenHash,
      newHash: hashKey(secret),
      keyName: maskKey(secret),
      now: context.now,
      endsAt: graceEnd(period, context.now),
      changes: { ...change.changes, rotation: rotationAfter(next, context.now) },
      by: context.by,
    })
    const retired = after && (await database.keys.findRetired(before.tokenHash))
    if (after === undefined || retired === undefined) throw keyNotFound()
    await audit.record(changeOf('rotated', before, after, request))
    return { after, retired }
  })
  const { after, retired } = await explainConflicts(() => alias, rotated)
  keys.rotated(after, retired)
  return { row: after, key: secret, warnings }
}

/** A key's rotation once it has a new secret. */
export function rotationAfter(
  { rotation = NO_ROTATION, tokenHash }: KeyRow,
  now: number,
): NonNullable<KeyRow['rotation']> {
  return {
    ...rotation,
    dueAt: rotation.isAutomatic ? dueAfter(rotation.interval, now) : null,
    count: rotation.count + 1,
    lastAt: now,
    firstHash: rotation.firstHash ?? tokenHash,
    failures: 0,
  }
}

function masterKeyIsConfiguration() {
  return badRequest(
    'new_master_key: the master key is configuration and nothing in the database is encrypted with it. Change ' +
      'general_settings.master_key or LITELLM_MASTER_KEY; a changed file is read again while the gateway runs.',
    'new_master_key',
  )
}
