import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { badRequest, createError } from 'sluice/internal'
import { z } from 'zod'
import { AUDIT_ACTIONS, type AuditEntry } from '../../db/audit/audit-entry.ts'
import { AUDIT_SORTS, type AuditFilter } from '../../db/audit/audit-store.ts'
import type { Database } from '../../db/database.ts'
import { type AccessServices, protectRoutes } from '../protect-routes.ts'

export interface AuditRouteServices extends AccessServices {
  readonly database: Pick<Database, 'accounts' | 'audit'>
}

const name = z.string().min(1).max(1_000)
const moment = z.union([z.iso.date(), z.iso.datetime({ offset: true, local: true })], {
  error: 'must be a day such as 2026-11-21 or a time such as 2026-11-21T09:30:00Z',
})

const ListQuery = z.strictObject({
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  page_size: z.coerce.number().int().min(1).max(100).default(10),
  changed_by: name.optional(),
  changed_by_api_key: name.optional(),
  action: z.enum(AUDIT_ACTIONS).optional(),
  table_name: name.optional(),
  object_id: name.optional(),
  start_date: moment.optional(),
  end_date: moment.optional(),
  sort_by: z.enum(AUDIT_SORTS).default('updated_at'),
  sort_order: z.enum(['asc', 'desc']).default('desc'),
})
const IdPath = z.strictObject({ id: name })

const tags = ['Audit']
const DAY_MS = 86_400_000

/** `GET /audit` and `/audit/{id}`: what was changed by whom, in LiteLLM's shape. For admins and who may see as they do. */
export async function registerAuditRoutes(app: FastifyInstance, services: AuditRouteServices): Promise<void> {
  await app.register(async scope => {
    protectRoutes(scope, services)
    const { audit } = services.database
    const routes = scope.withTypeProvider<ZodTypeProvider>()
    routes.get(
      '/audit',
      {
        schema: { querystring: ListQuery, tags, summary: 'Changes by management, the newest first, by page' },
      },
      async ({ query }) => {
        const { rows, total } = await audit.list(filterOf(query))
        const { page, page_size: size } = query
        return {
          audit_logs: rows.map(auditObject),
          total,
          page,
          page_size: size,
          total_pages: Math.ceil(total / size),
        }
      },
    )
    routes.get(
      '/audit/:id',
      { schema: { params: IdPath, tags, summary: 'One change, with what was before and after it' } },
      async ({ params }) => {
        const entry = await audit.find(params.id)
        if (entry !== undefined) return auditObject(entry)
        throw createError({
          kind: 'not_found',
          message: `Audit log with ID ${params.id} not found. GET /audit lists those there are.`,
          param: 'id',
        })
      },
    )
  })
}

function filterOf(query: z.infer<typeof ListQuery>): AuditFilter {
  const from = query.start_date === undefined ? undefined : timeOf(query.start_date)
  const to = query.end_date === undefined ? undefined : endOf(query.end_date)
  if (from !== undefined && to !== undefined && to <= from)
    throw badRequest('end_date: must not lie before start_date.', 'end_date')
  return {
    ...{ from, to, page: query.page, size: query.page_size },
    changedBy: query.changed_by,
    changedByApiKey: query.changed_by_api_key,
    action: query.action,
    tableName: query.table_name,
    objectId: query.object_id,
    sortBy: query.sort_by,
    sortOrder: query.sort_order,
  }
}

/** A time without a zone is UTC, as everywhere in the reports. */
function timeOf(text: string): number {
  return Date.parse(/^\d{4}-\d\d-\d\d$|Z$|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`)
}

/** A day counts whole, a time as it is. */
function endOf(text: string): number {
  return text.includes('T') ? timeOf(text) + 1 : timeOf(text) + DAY_MS
}

/** LiteLLM's columns, then ours: who really asked, from where, and the entry's place in the chain. */
function auditObject(entry: AuditEntry) {
  return {
    id: entry.id,
    updated_at: new Date(entry.changedAt).toISOString(),
    changed_by: entry.changedBy,
    changed_by_api_key: entry.changedByApiKey,
    action: entry.action,
    table_name: entry.tableName,
    object_id: entry.objectId,
    before_value: jsonOf(entry.beforeValue),
    updated_values: jsonOf(entry.updatedValues),
    user_id: entry.userId,
    changed_by_role: entry.changedByRole,
    client_ip: entry.clientIp,
    sequence: entry.sequence,
    previous_hash: entry.previousHash,
    hash: entry.hash,
  }
}

/** What somebody tampered with is shown as it stands; `sluice audit verify` says what is wrong with it. */
function jsonOf(text: string | null): unknown {
  if (text === null) return null
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}
