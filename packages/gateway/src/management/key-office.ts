import type { FastifyRequest } from 'fastify'
import { badRequest, createError, type SluiceError, zonedCalendar } from 'sluice/internal'
import type { z } from 'zod'
import type { Caller } from '../auth/caller.ts'
import { hashKey, maskKey } from '../auth/hash.ts'
import type { KeyCache } from '../auth/key-cache.ts'
import type { Settings } from '../config/settings.ts'
import type { AuditAction } from '../db/audit/audit-entry.ts'
import type { Database } from '../db/database.ts'
import type { KeyRow } from '../db/rows.ts'
import type { MemoryLimiter } from '../limits/memory-limiter.ts'
import type { Audit, AuditedChange } from './audit/audit-log.ts'
import { type ChangeContext, keyChanges, routesOfType } from './key-changes.ts'
import { keyObject } from './key-json.ts'
import type {
  DeleteKeysBody,
  GenerateKeyBody,
  ListKeysQuery,
  RegenerateKeyBody,
  UpdateKeyBody,
} from './key-schemas.ts'
import { authorOf } from './protect-routes.ts'

export interface KeyOfficeServices {
  readonly settings: () => Settings
  readonly database: Pick<Database, 'keys' | 'accounts'>
  readonly audit: Audit
  readonly keys: Pick<KeyCache, 'absorb' | 'forget'>
  readonly limiter: Pick<MemoryLimiter, 'move' | 'forget'>
  readonly now: () => number
  /** Cryptographically random. */
  readonly randomBytes: (size: number) => Uint8Array
}

/** A key together with the one look at its secret, and what had no effect. */
export interface IssuedKey {
  readonly row: KeyRow
  readonly key: string
  readonly warnings: readonly string[]
}

/**
 * The rules of virtual keys. Every method writes to the database first, together with the audit log, and then to this
 * replica's memory; all reject with `ServiceUnavailableError` while the database is down.
 */
export class KeyOffice {
  readonly #services: KeyOfficeServices

  constructor(services: KeyOfficeServices) {
    this.#services = services
  }

  /** Throws `ConflictError` when the key or its alias is taken. */
  async generate(body: z.infer<typeof GenerateKeyBody>, request: FastifyRequest): Promise<IssuedKey> {
    const context = this.#context(request)
    const key = body.key ?? this.#newKey()
    const { key: _, key_type: type, ...fields } = body
    const { changes, warnings } = keyChanges(fields, undefined, context)
    const allowedRoutes = changes.allowedRoutes?.length ? changes.allowedRoutes : (routesOfType(type) ?? [])
    const row: KeyRow = { ...blankKey(key, context), ...changes, allowedRoutes }
    const { audit, database, keys } = this.#services
    const created = audit.together(async () => {
      await database.keys.create(row)
      await this.#record('created', undefined, row, request)
    })
    await this.#conflicts(() => row.keyAlias, created)
    keys.absorb(row)
    return { row, key, warnings }
  }

  /** Throws `NotFoundError`; `ConflictError` when the alias is taken. */
  async update(body: z.infer<typeof UpdateKeyBody>, request: FastifyRequest) {
    const { key, ...fields } = body
    let warnings: readonly string[] = []
    const row = await this.#write(key, 'updated', request, before => {
      const change = keyChanges(fields, before, this.#context(request))
      warnings = change.warnings
      return change.changes
    })
    return { row, warnings }
  }

  async setBlocked(reference: string, blocked: boolean, request: FastifyRequest): Promise<KeyRow> {
    const changes = { blocked, updatedAt: this.#services.now(), updatedBy: authorOf(request) }
    return await this.#write(reference, blocked ? 'blocked' : 'unblocked', request, () => changes)
  }

  /** Gives a key a new secret at once: the old one stops here now, elsewhere with the next sync. */
  async regenerate(
    reference: string,
    body: z.infer<typeof RegenerateKeyBody>,
    request: FastifyRequest,
  ): Promise<IssuedKey> {
    const { key: _, new_key: wanted, ...fields } = body
    const context = this.#context(request)
    const before = await this.find(reference)
    const { changes, warnings } = keyChanges(fields, before, context)
    const key = wanted ?? this.#newKey()
    const hash = hashKey(key)
    const { audit, keys, limiter, database } = this.#services
    const rotated = audit.together(async () => {
      await database.keys.update(before.tokenHash, changes)
      const after = await database.keys.replaceHash({
        oldHash: before.tokenHash,
        newHash: hash,
        keyName: maskKey(key),
        now: context.now,
        endsAt: context.now,
        by: context.by,
      })
      if (after === undefined) throw notFound()
      await this.#record('rotated', before, after, request)
      return after
    })
    const row = await this.#conflicts(() => changes.keyAlias ?? null, rotated)
    keys.forget(before.tokenHash)
    keys.absorb(row)
    limiter.move('key', before.tokenHash, hash)
    return { row, key, warnings }
  }

  /** Hashes of the keys that were removed; throws `NotFoundError` when one of them does not exist, removing none. */
  async remove(body: z.infer<typeof DeleteKeysBody>, request: FastifyRequest): Promise<readonly string[]> {
    const hashes = new Set((body.keys ?? []).map(hashOfReference))
    for (const alias of body.key_aliases ?? []) hashes.add((await this.#findAlias(alias)).tokenHash)
    for (const hash of hashes) await this.find(hash)
    const { audit, database, keys, limiter } = this.#services
    const rows = await audit.together(async () => {
      const removed = await database.keys.remove([...hashes])
      await audit.record(removed.map(row => changeOf('deleted', row, undefined, request)))
      return removed
    })
    for (const { tokenHash } of rows) {
      keys.forget(tokenHash)
      limiter.forget('key', tokenHash)
    }
    return rows.map(row => row.tokenHash)
  }

  /** A key by its secret or hash, as the database has it now. Throws `NotFoundError`. */
  async find(reference: string): Promise<KeyRow> {
    const row = await this.#services.database.keys.find(hashOfReference(reference))
    if (row === undefined) throw notFound()
    return row
  }

  /** What `caller` may know about a key: the admin all, a key only itself (its default). */
  async describe(reference: string | undefined, caller: Caller): Promise<KeyRow> {
    const own = caller.record.keyHash
    if (caller.role !== 'proxy_admin' && reference !== undefined && hashOfReference(reference) !== own) {
      throw createError({
        kind: 'permission',
        type: 'auth_error',
        message: 'You are not allowed to access this key. A key may only ask about itself.',
        param: 'key',
      })
    }
    if (reference === undefined && caller.role === 'proxy_admin') {
      throw badRequest('key: must name a key; the master key has no row of its own.', 'key')
    }
    return await this.find(reference ?? own)
  }

  async list(query: z.infer<typeof ListKeysQuery>) {
    return await this.#services.database.keys.list({
      page: query.page,
      size: query.size,
      ...(query.user_id === undefined ? {} : { userId: query.user_id }),
      ...(query.team_id === undefined ? {} : { teamId: query.team_id }),
      ...(query.organization_id === undefined ? {} : { organizationId: query.organization_id }),
      ...(query.key_hash === undefined ? {} : { keyHash: hashOfReference(query.key_hash) }),
      ...(query.key_alias === undefined ? {} : { keyAlias: query.key_alias }),
      ...(query.sort_by === undefined ? {} : { sortBy: query.sort_by }),
      ...(query.sort_order === undefined ? {} : { sortOrder: query.sort_order }),
    })
  }

  async #findAlias(alias: string): Promise<KeyRow> {
    const { rows } = await this.#services.database.keys.list({ keyAlias: alias, page: 1, size: 1 })
    if (rows[0] === undefined) throw notFound('key_aliases')
    return rows[0]
  }

  async #write(
    reference: string,
    action: AuditAction,
    request: FastifyRequest,
    changesOf: (before: KeyRow) => Partial<KeyRow>,
  ): Promise<KeyRow> {
    const { audit, database, keys } = this.#services
    let alias: string | null = null
    const update = audit.together(async () => {
      const before = await this.find(reference)
      const changes = changesOf(before)
      alias = changes.keyAlias ?? null
      const after = await database.keys.update(before.tokenHash, changes)
      if (after === undefined) throw notFound()
      await this.#record(action, before, after, request)
      return after
    })
    const row = await this.#conflicts(() => alias, update)
    keys.absorb(row)
    return row
  }

  async #record(
    action: AuditAction,
    before: KeyRow | undefined,
    after: KeyRow | undefined,
    request: FastifyRequest,
  ): Promise<void> {
    await this.#services.audit.record(changeOf(action, before, after, request))
  }

  async #conflicts<T>(aliasOf: () => string | null, work: Promise<T>): Promise<T> {
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

  #newKey(): string {
    return `sk-${Buffer.from(this.#services.randomBytes(24)).toString('base64url')}`
  }

  #context(request: FastifyRequest): ChangeContext {
    const { settings, now } = this.#services
    return { now: now(), by: authorOf(request), calendar: zonedCalendar(settings().limits.timezone) }
  }
}

function changeOf(
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

/** Raw keys are hashed; anything else is taken as a hash. */
function hashOfReference(reference: string): string {
  return reference.startsWith('sk-') ? hashKey(reference) : reference
}

function notFound(param = 'key'): SluiceError {
  return createError({
    kind: 'not_found',
    message: 'Key not found in database. Check the key, hash or alias.',
    param,
  })
}

function blankKey(key: string, { now, by }: ChangeContext): KeyRow {
  return {
    tokenHash: hashKey(key),
    keyName: maskKey(key),
    keyAlias: null,
    userId: null,
    teamId: null,
    organizationId: null,
    projectId: null,
    budgetId: null,
    models: [],
    aliases: {},
    maxBudgetNanoUsd: null,
    softBudgetNanoUsd: null,
    spendNanoUsd: 0,
    budgetDuration: null,
    budgetResetAt: null,
    rpmLimit: null,
    tpmLimit: null,
    maxParallelRequests: null,
    moreLimits: {},
    expiresAt: null,
    blocked: false,
    metadata: {},
    tags: [],
    permissions: {},
    allowedRoutes: [],
    createdAt: now,
    createdBy: by,
    updatedAt: now,
    updatedBy: by,
    lastActiveAt: null,
  }
}
