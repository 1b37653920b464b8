import type { FastifyRequest } from 'fastify'
import { createError } from 'sluice/internal'
import type { z } from 'zod'
import type { Caller } from '../../auth/caller.ts'
import { hashKey, maskKey } from '../../auth/hash.ts'
import { blankKeyRow } from '../../db/blank-rows.ts'
import type { KeyRow } from '../../db/rows.ts'
import { callerOfRequest, permitOf } from '../protect-routes.ts'
import { checkGeneration } from './generation-rules.ts'
import { type ChangeContext, keyChanges, routesOfType } from './key-changes.ts'
import { withDefaults, withinUpperBounds } from './key-defaults.ts'
import { changeOf, explainConflicts, type KeyOffice } from './key-office.ts'
import type { GenerateKeyBody } from './key-schemas.ts'
import { inherited } from './rights/inherited.ts'
import { withMemberDuration } from './rights/member-key-duration.ts'
import { isAbove } from './rights/wish.ts'

/** A key together with the one look at its secret, and what had no effect. */
export interface IssuedKey {
  readonly row: KeyRow
  readonly key: string
  readonly warnings: readonly string[]
}

type Body = z.infer<typeof GenerateKeyBody>

/**
 * Makes a key. Throws `ConflictError` when the key or its alias is taken, `PermissionDeniedError` when it would be more
 * than its maker holds.
 */
export async function issueKey(
  office: KeyOffice,
  asked: Body,
  request: FastifyRequest,
  kind: 'key' | 'service_account' = 'key',
): Promise<IssuedKey> {
  const { settings, audit, database, keys, randomBytes } = office.services
  const { keys: rules } = settings()
  const caller = callerOfRequest(request)
  const context = office.context(request)
  const mine = owned(asked, caller, kind)
  const isOfMember = mine.team_id != null && mine.user_id != null
  const team = isOfMember ? await database.accounts.find('team', mine.team_id ?? '') : undefined
  const body = withinUpperBounds(
    withDefaults(withMemberDuration(mine, team), rules.defaults),
    rules.upperBounds,
    context.now,
  )
  checkGeneration(body, caller, rules)
  const key = body.key ?? newSecret(randomBytes)
  const { key: _, key_type: type, ...fields } = body
  const change = keyChanges(fields, undefined, context)
  const allowedRoutes = change.changes.allowedRoutes?.length
    ? change.changes.allowedRoutes
    : (routesOfType(type) ?? [])
  const reach = await permitOf(request).reach(
    { userId: fields.user_id, teamId: fields.team_id, organizationId: fields.organization_id },
    asked,
  )
  await checkTeamRules(office, body, caller, reach)
  const changes = { ...change.changes, allowedRoutes }
  const row: KeyRow = {
    ...newKeyRow(key, context),
    ...changes,
    ...inherited(caller, reach, changes),
    ...(kind === 'service_account'
      ? { metadata: { service_account_id: asked.key_alias ?? null, ...changes.metadata } }
      : {}),
  }
  const created = audit.together(async () => {
    await office.checkRights(request, reach, undefined, row)
    await database.keys.create(row)
    await audit.record(changeOf('created', undefined, row, request))
    return (await database.keys.find(row.tokenHash)) ?? row
  })
  const made = await explainConflicts(() => row.keyAlias, created)
  keys.absorb(made)
  return { row: made, key, warnings: change.warnings }
}

/** Whoever is not the admin makes keys of their own. */
function owned(body: Body, { role, record }: Caller, kind: 'key' | 'service_account'): Body {
  if (role === 'proxy_admin' || kind === 'service_account' || body.user_id !== undefined) return body
  return record.userId === undefined ? body : { ...body, user_id: record.userId }
}

async function checkTeamRules(
  office: KeyOffice,
  body: Body,
  caller: Caller,
  reach: Parameters<typeof isAbove>[0],
): Promise<void> {
  const { teamKeys } = office.services.settings().keys
  if (body.team_id == null || caller.role === 'proxy_admin' || teamKeys === undefined) return
  const role = isAbove(reach) ? 'admin' : 'user'
  if (teamKeys.roles === undefined || teamKeys.roles.includes(role)) return
  throw createError({
    kind: 'permission',
    type: 'auth_error',
    param: 'team_id',
    message:
      `Team member role ${role} is not in allowed_team_member_roles=[${teamKeys.roles.join(', ')}]. ` +
      'Ask an admin of the team to make the key.',
  })
}

/** 192 random bits. */
export function newSecret(randomBytes: (size: number) => Uint8Array): string {
  return `sk-${Buffer.from(randomBytes(24)).toString('base64url')}`
}

/** The row of a new key that has nothing yet. */
export function newKeyRow(key: string, { now, by }: Pick<ChangeContext, 'now' | 'by'>): KeyRow {
  const authors = { createdAt: now, createdBy: by, updatedAt: now, updatedBy: by }
  return blankKeyRow(hashKey(key), { keyName: maskKey(key), ...authors })
}
