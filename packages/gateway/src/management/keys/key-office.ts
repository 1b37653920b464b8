import type { FastifyRequest } from 'fastify'
import { createError, type SluiceError, zonedCalendar } from 'sluice/internal'
import type { Reach } from '../../auth/access/access-rule.ts'
import type { Owner } from '../../auth/access/permit.ts'
import type { AccessGroupBook } from '../../auth/access-groups/access-group-book.ts'
import { otherNames } from '../../auth/access-groups/other-names.ts'
import { hashKey } from '../../auth/hash.ts'
import type { KeyCache } from '../../auth/key-cache.ts'
import type { Settings } from '../../config/settings.ts'
import { memberId } from '../../db/accounts/member-id.ts'
import type { AuditAction } from '../../db/audit/audit-entry.ts'
import type { Database } from '../../db/database.ts'
import type { AccountKind, AccountRow, KeyRow } from '../../db/rows.ts'
import type { MemoryLimiter } from '../../limits/memory-limiter.ts'
import type { CallerAccounts } from '../../limits/subjects.ts'
import type { Audit, AuditedChange } from '../audit/audit-log.ts'
import { authorOf, callerOfRequest, permitOf } from '../protect-routes.ts'
import { checkThroughput } from './guaranteed-throughput.ts'
import type { ChangeContext } from './key-changes.ts'
import { keyObject } from './key-json.ts'
import { checkMemberDuration } from './rights/member-key-duration.ts'
import { checkWithinRights } from './rights/within-rights.ts'

export interface KeyOfficeServices {
  readonly settings: () => Settings
  readonly database: Pick<Database, 'keys' | 'accounts'>
  readonly audit: Audit
  readonly accessGroups: Pick<AccessGroupBook, 'of' | 'isComplete'>
  readonly keys: Pick<KeyCache, 'absorb' | 'forget' | 'rotated'>
  readonly limiter: Pick<MemoryLimiter, 'forget'>
  readonly now: () => number
  /** Cryptographically random. */
  readonly randomBytes: (size: number) => Uint8Array
}

/** What a change of one key is made of. */
export interface KeyWrite {
  readonly action: AuditAction
  readonly request: FastifyRequest
  /** What the request says, for the fields that its reach may send. */
  readonly body?: Readonly<Record<string, unknown>> | undefined
  readonly changesOf: (before: KeyRow) => Partial<KeyRow>
  /** True where the permission to call the route is all it takes. */
  readonly isPlain?: boolean | undefined
}

/** What all that is done to keys has in common: finding, permission, one transaction with the audit log, caches. */
export class KeyOffice {
  readonly services: KeyOfficeServices

  constructor(services: KeyOfficeServices) {
    this.services = services
  }

  context(request: FastifyRequest): ChangeContext {
    const { settings, now } = this.services
    const { limits, keys } = settings()
    return {
      now: now(),
      by: authorOf(request),
      calendar: zonedCalendar(limits.timezone),
      canDeliver: keys.rotation.webhook !== undefined,
    }
  }

  /** A key by its secret or hash, an earlier secret that still works included. Throws `NotFoundError`. */
  async find(reference: string): Promise<KeyRow> {
    const { keys } = this.services.database
    const hash = hashOfReference(reference)
    const row = await keys.find(hash)
    if (row !== undefined) return row
    const retired = await keys.findRetired(hash)
    const works = retired !== undefined && (retired.endsAt === null || this.services.now() < retired.endsAt)
    const active = works ? await keys.find(retired.activeHash) : undefined
    if (active === undefined) throw keyNotFound()
    return active
  }

  async findAlias(alias: string): Promise<KeyRow> {
    const { rows } = await this.services.database.keys.list({ keyAlias: alias, page: 1, size: 1 })
    if (rows[0] === undefined) throw keyNotFound('key_aliases')
    return rows[0]
  }

  /**
   * Changes one key that the sender of the request reaches, within the sender's rights. Throws `NotFoundError`,
   * `PermissionDeniedError`; `ConflictError` when the alias is taken.
   */
  async write(reference: string, { action, request, body, changesOf, isPlain }: KeyWrite): Promise<KeyRow> {
    const { audit, database, keys } = this.services
    let alias: string | null = null
    const update = audit.together(async () => {
      const before = await this.find(reference)
      const reach = await permitOf(request).reach(ownerOf(before), body)
      const changes = changesOf(before)
      alias = changes.keyAlias ?? null
      if (!isPlain) await this.checkRights(request, reach, before, { ...before, ...changes })
      const after = await database.keys.update(before.tokenHash, changes)
      if (after === undefined) throw keyNotFound()
      await audit.record(changeOf(action, before, after, request))
      return after
    })
    const row = await explainConflicts(() => alias, update)
    keys.absorb(row)
    return row
  }

  /** Throws `PermissionDeniedError` when the sender may not bring about what `after` would be. */
  async checkRights(
    request: FastifyRequest,
    reach: Reach,
    before: KeyRow | undefined,
    after: KeyRow,
    showsSecret = before === undefined,
  ): Promise<void> {
    const holders = await this.#holdersOf(after)
    const { settings, accessGroups, database } = this.services
    await checkThroughput({ before, after, holders, keys: database.keys, settings: settings() })
    const names = otherNames({ settings: settings(), accessGroups })
    const caller = callerOfRequest(request)
    if (caller.role === 'proxy_admin') {
      return checkWithinRights({ caller, reach, before, after, holders, names, showsSecret })
    }
    checkMemberDuration(before, after, holders.team, this.services.now())
    // Where a key is moved to must be the mover's as well.
    const there = before === undefined ? reach : await permitOf(request).reach(ownerOf(after))
    checkOwners(after, holders)
    checkWithinRights({ caller, reach: there, before, after, holders, names, showsSecret })
  }

  /** Straight from the database: caches must not be waited for inside a transaction. */
  async #holdersOf({ userId, teamId, projectId, organizationId }: KeyRow): Promise<CallerAccounts> {
    const wanted: [AccountKind, string | null][] = [
      ['user', userId],
      ['team', teamId],
      ['project', projectId],
      ['team_member', userId !== null && teamId !== null ? memberId(teamId, userId) : null],
      ['organization', organizationId],
    ]
    const refs = wanted.flatMap(([kind, id]) => (id === null ? [] : [{ kind, id }]))
    const { accounts } = this.services.database
    const rows = refs.length === 0 ? [] : await accounts.findMany(refs)
    const of = (kind: AccountKind): AccountRow | undefined => rows.find(row => row.kind === kind)
    const team = of('team')
    const organization =
      organizationId === null && team?.organizationId != null
        ? await accounts.find('organization', team.organizationId)
        : of('organization')
    const organizationMember =
      organization === undefined || userId === null
        ? undefined
        : await accounts.find('organization_member', memberId(organization.id, userId))
    const member = of('team_member')
    return { user: of('user'), team, project: of('project'), member, organization, organizationMember }
  }
}

/** What a key belongs to must belong together. Throws `PermissionDeniedError`. */
function checkOwners(after: KeyRow, { team, project }: CallerAccounts): void {
  const teamsOrganization = team?.organizationId ?? null
  const wrong =
    after.teamId !== null && after.organizationId !== null && after.organizationId !== teamsOrganization
      ? (['organization_id', `is not the organization of the team ${after.teamId}`] as const)
      : after.projectId !== null && project?.teamId !== after.teamId
        ? (['project_id', 'is not a project of the key’s team'] as const)
        : undefined
  if (wrong === undefined) return
  const [param, rule] = wrong
  throw createError({
    kind: 'permission',
    type: 'auth_error',
    param,
    message: `${param}: ${rule}. Name one that is, or leave it out.`,
  })
}

export function ownerOf({ userId, teamId, organizationId, tokenHash }: KeyRow): Owner {
  return { userId, teamId, organizationId, keyHash: tokenHash }
}

/** Raw keys are hashed; anything else is taken as a hash. */
export function hashOfReference(reference: string): string {
  return reference.startsWith('sk-') ? hashKey(reference) : reference
}

export function keyNotFound(param = 'key'): SluiceError {
  return createError({
    kind: 'not_found',
    message: 'Key not found in database. Check the key, hash or alias.',
    param,
  })
}

/** A key in the audit log, as its readers know keys. */
export function changeOf(
  action: AuditAction,
  before: KeyRow | undefined,
  after: KeyRow | undefined,
  request: FastifyRequest,
): AuditedChange {
  return {
    ...{ action, request, table: 'LiteLLM_VerificationToken' },
    objectId: (before ?? after)?.tokenHash ?? '',
    before: before && keyObject(before),
    after: after && keyObject(after),
  }
}

/** A conflict in words of keys. */
export async function explainConflicts<T>(aliasOf: () => string | null, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if ((error as SluiceError).kind !== 'conflict') throw error
    const alias = aliasOf()
    const what = alias === null ? 'This key' : `This key, or one with the alias '${alias}',`
    const message = `${what} already exists. Unique key aliases across all keys are required; choose another.`
    throw createError({ kind: 'conflict', message, param: 'key_alias', retryable: false, cause: error })
  }
}
