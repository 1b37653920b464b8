import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { createError } from 'sluice/internal'
import type { AccessGroupBook } from '../../auth/access-groups/access-group-book.ts'
import { hashKey } from '../../auth/hash.ts'
import { type AccessGroupRow, MOST_ACCESS_GROUPS } from '../../db/access-groups/access-group-store.ts'
import type { Database } from '../../db/database.ts'
import type { Audit } from '../audit/audit-log.ts'
import { isoTime } from '../limit-fields.ts'
import { authorOf } from '../protect-routes.ts'
import type { GroupBody } from './access-group-schemas.ts'

export interface AccessGroupServices {
  readonly database: Pick<Database, 'accessGroups'>
  readonly audit: Audit
  readonly accessGroups: AccessGroupBook
  readonly now: () => number
}

const TABLE = 'LiteLLM_AccessGroupTable'

/** Lists LiteLLM keeps of a group beside its models. */
const DETAILS = [
  'access_mcp_server_ids',
  'access_agent_ids',
  'assigned_team_ids',
  'assigned_key_ids',
] as const

/** The rules of access groups in the database. A change holds here when it is answered, elsewhere within a second. */
export class AccessGroupOffice {
  readonly #services: AccessGroupServices

  constructor(services: AccessGroupServices) {
    this.#services = services
  }

  /** Throws `ConflictError` when the name is taken, or there are as many as memory holds. */
  async create(
    body: GroupBody & { readonly access_group_name: string },
    request: FastifyRequest,
  ): Promise<AccessGroupRow> {
    const { database, audit, accessGroups, now } = this.#services
    const by = authorOf(request)
    const time = now()
    const row: AccessGroupRow = {
      ...{ accessGroupId: randomUUID(), accessGroupName: body.access_group_name },
      ...{ description: null, models: [], details: {} },
      ...changesOf(body, {}),
      ...{ createdAt: time, createdBy: by, updatedAt: time, updatedBy: by },
    }
    if ((await this.find({ name: row.accessGroupName })) !== undefined) throw taken(row.accessGroupName)
    if ((await this.all()).length >= MOST_ACCESS_GROUPS) throw tooMany()
    await audit.together(async () => {
      await database.accessGroups.create(row)
      const change = { action: 'created', table: TABLE, objectId: row.accessGroupId } as const
      await audit.record({ ...change, after: groupObject(row), request })
    })
    await accessGroups.sync()
    return row
  }

  /** Throws `NotFoundError`; `ConflictError` when the new name is taken. */
  async update(id: string, body: GroupBody, request: FastifyRequest): Promise<AccessGroupRow> {
    const { database, audit, accessGroups, now } = this.#services
    const name = body.access_group_name
    const other = name === undefined ? undefined : await this.find({ name })
    if (other !== undefined && other.accessGroupId !== id) throw taken(other.accessGroupName)
    const row = await audit.together(async () => {
      const before = await this.mustFind(id)
      const authors = { updatedAt: now(), updatedBy: authorOf(request) }
      const after = await database.accessGroups.update(id, { ...changesOf(body, before.details), ...authors })
      if (after === undefined) throw unknownGroup(id)
      const change = { action: 'updated', table: TABLE, objectId: id } as const
      await audit.record({ ...change, before: groupObject(before), after: groupObject(after), request })
      return after
    })
    await accessGroups.sync()
    return row
  }

  /** Whoever named it may use its models no longer. Throws `NotFoundError`. */
  async remove(id: string, request: FastifyRequest): Promise<AccessGroupRow> {
    const { database, audit, accessGroups } = this.#services
    const row = await audit.together(async () => {
      const before = await this.mustFind(id)
      await database.accessGroups.remove(id)
      const change = { action: 'deleted', table: TABLE, objectId: id } as const
      await audit.record({ ...change, before: groupObject(before), request })
      return before
    })
    await accessGroups.sync()
    return row
  }

  async find(by: { readonly id: string } | { readonly name: string }): Promise<AccessGroupRow | undefined> {
    return await this.#services.database.accessGroups.find(by)
  }

  /** Throws `NotFoundError`. */
  async mustFind(id: string): Promise<AccessGroupRow> {
    const row = await this.find({ id })
    if (row === undefined) throw unknownGroup(id)
    return row
  }

  async all(): Promise<readonly AccessGroupRow[]> {
    return await this.#services.database.accessGroups.all()
  }
}

function hashOf(key: string): string {
  return key.startsWith('sk-') ? hashKey(key) : key
}

/** A group's row in LiteLLM's names. */
export function groupObject(row: AccessGroupRow) {
  const lists = DETAILS.map(name => [name, row.details[name] ?? []] as const)
  return {
    access_group_id: row.accessGroupId,
    access_group_name: row.accessGroupName,
    description: row.description,
    access_model_names: row.models,
    ...(Object.fromEntries(lists) as Record<(typeof DETAILS)[number], unknown>),
    created_at: isoTime(row.createdAt),
    created_by: row.createdBy,
    updated_at: isoTime(row.updatedAt),
    updated_by: row.updatedBy,
  }
}

function changesOf(body: GroupBody, before: AccessGroupRow['details']): Partial<AccessGroupRow> {
  const { access_group_name: name, description, access_model_names: models } = body
  const given = DETAILS.filter(field => body[field] !== undefined)
  const listOf = (field: (typeof DETAILS)[number]) =>
    // A key is named by its secret or its hash; the secret is kept nowhere.
    field === 'assigned_key_ids' ? (body[field] ?? []).map(hashOf) : (body[field] ?? [])
  return {
    ...(name !== undefined && { accessGroupName: name }),
    ...(description !== undefined && { description }),
    ...(models !== undefined && { models: [...new Set(models ?? [])] }),
    ...(given.length > 0 && {
      details: { ...before, ...Object.fromEntries(given.map(field => [field, listOf(field)])) },
    }),
  }
}

export function unknownGroup(id: string) {
  return createError({
    kind: 'not_found',
    param: 'access_group_id',
    message: `Access group not found: ${id}. The list of access groups names those there are.`,
  })
}

function taken(name: string) {
  return createError({
    kind: 'conflict',
    retryable: false,
    param: 'access_group_name',
    message: `Access group '${name}' already exists. Choose another name, or update this one.`,
  })
}

function tooMany() {
  return createError({
    kind: 'conflict',
    retryable: false,
    message: `There are ${MOST_ACCESS_GROUPS} access groups already. Remove those you no longer need.`,
  })
}
