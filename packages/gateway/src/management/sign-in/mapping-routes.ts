import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { createError, type SluiceError } from 'sluice/internal'
import { z } from 'zod'
import { hashKey } from '../../auth/hash.ts'
import type { AuditAction } from '../../db/audit/audit-entry.ts'
import type { KeyMappingRow } from '../../db/sign-in/key-mapping-store.ts'
import { authorOf } from '../protect-routes.ts'
import type { SignInServices } from './sign-in-services.ts'

const name = z.string().trim().min(1).max(256)
const New = z.strictObject({
  jwt_claim_name: name,
  jwt_claim_value: z.string().min(1).max(1_024),
  key: z.string().min(1).max(256).optional(),
  virtual_key_id: z.string().min(1).max(256).optional(),
  description: z.string().max(1_024).nullish(),
  is_active: z.boolean().default(true),
})
const Update = New.partial().extend({ id: name })
const ById = z.object({ id: name })
const List = z.object({
  page: z.coerce.number().int().min(1).default(1),
  size: z.coerce.number().int().min(1).max(500).default(50),
})
const TABLE = 'LiteLLM_JWTKeyMapping'
const about = (summary: string) => ({ summary, tags: ['Signing in'] })

/** `/jwt/key/mapping/*`: claims of tokens that stand for a virtual key. */
export function addMappingRoutes(scope: FastifyInstance, services: SignInServices): void {
  const { database, mappings } = services
  scope.post(
    '/jwt/key/mapping/new',
    { schema: { body: New, ...about('Give a claim a key') } },
    async request => {
      const body = request.body as z.infer<typeof New>
      const by = authorOf(request)
      const now = services.now()
      const row: KeyMappingRow = {
        id: randomUUID(),
        claimName: body.jwt_claim_name,
        claimValue: body.jwt_claim_value,
        tokenHash: await existingKey(body, services),
        ...{ description: body.description ?? null, isActive: body.is_active },
        ...{ createdAt: now, createdBy: by, updatedAt: now, updatedBy: by },
      }
      await write('created', undefined, row, request, services, () => database.keyMappings.create(row))
      mappings.forget(row.claimName, row.claimValue)
      return answer(row)
    },
  )
  addMappingUpdate(scope, services)
  addMappingRemoval(scope, services)
  scope.get(
    '/jwt/key/mapping/info',
    { schema: { querystring: ById, ...about('One of them') } },
    async request => answer(await mustGet((request.query as z.infer<typeof ById>).id, services)),
  )
  scope.get(
    '/jwt/key/mapping/list',
    { schema: { querystring: List, ...about('All of them') } },
    async request => {
      const { page, size } = request.query as z.infer<typeof List>
      const { rows, total } = await database.keyMappings.list(page, size)
      return {
        ...{ mappings: rows.map(answer), total_count: total, current_page: page },
        total_pages: Math.ceil(total / size),
      }
    },
  )
}

function addMappingUpdate(scope: FastifyInstance, services: SignInServices): void {
  const { database, mappings } = services
  scope.post(
    '/jwt/key/mapping/update',
    { schema: { body: Update, ...about('Change it') } },
    async request => {
      const body = request.body as z.infer<typeof Update>
      const before = await mustGet(body.id, services)
      const changes = {
        ...(body.jwt_claim_name !== undefined && { claimName: body.jwt_claim_name }),
        ...(body.jwt_claim_value !== undefined && { claimValue: body.jwt_claim_value }),
        ...((body.key ?? body.virtual_key_id) && { tokenHash: await existingKey(body, services) }),
        ...(body.description !== undefined && { description: body.description }),
        ...('is_active' in (request.body as object) && { isActive: body.is_active ?? true }),
        ...{ updatedAt: services.now(), updatedBy: authorOf(request) },
      }
      const after = { ...before, ...changes }
      await write('updated', before, after, request, services, () =>
        database.keyMappings.update(body.id, changes),
      )
      for (const row of [before, after]) mappings.forget(row.claimName, row.claimValue)
      return answer(after)
    },
  )
}

function addMappingRemoval(scope: FastifyInstance, services: SignInServices): void {
  const remove = async (id: string, request: FastifyRequest) => {
    const before = await mustGet(id, services)
    await write('deleted', before, undefined, request, services, () =>
      services.database.keyMappings.remove(id),
    )
    services.mappings.forget(before.claimName, before.claimValue)
    return answer(before)
  }
  const url = '/jwt/key/mapping/delete'
  scope.post(url, { schema: { body: ById, ...about('Take it away') } }, async request =>
    remove((request.body as z.infer<typeof ById>).id, request),
  )
  scope.delete(url, { schema: { querystring: ById, ...about('Take it away') } }, async request =>
    remove((request.query as z.infer<typeof ById>).id, request),
  )
}

async function write(
  action: AuditAction,
  before: KeyMappingRow | undefined,
  after: KeyMappingRow | undefined,
  request: FastifyRequest,
  { audit }: SignInServices,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await audit.together(async () => {
      await work()
      const objectId = (before ?? after)?.id ?? ''
      await audit.record({
        ...{ action, table: TABLE, objectId, request },
        ...{ before: before && answer(before), after: after && answer(after) },
      })
    })
  } catch (error) {
    if ((error as SluiceError).kind !== 'conflict') throw error
    const message = 'This claim has a key already. Update its mapping, or delete it first.'
    throw createError({ kind: 'conflict', message, param: 'jwt_claim_value', retryable: false, cause: error })
  }
}

/** The hash of the key that is named by its secret or its hash. Throws `NotFoundError`. */
async function existingKey(
  {
    key,
    virtual_key_id: id,
  }: { readonly key?: string | undefined; readonly virtual_key_id?: string | undefined },
  { database }: SignInServices,
): Promise<string> {
  const named = key ?? id
  if (named === undefined)
    throw createError({ kind: 'bad_request', message: 'key: is required; name a virtual key.', param: 'key' })
  const hash = named.startsWith('sk-') ? hashKey(named) : named
  if ((await database.keys.find(hash)) !== undefined) return hash
  throw createError({ kind: 'not_found', message: 'key: there is no such virtual key.', param: 'key' })
}

async function mustGet(id: string, { database }: SignInServices): Promise<KeyMappingRow> {
  const row = await database.keyMappings.get(id)
  if (row !== undefined) return row
  throw createError({ kind: 'not_found', message: `id: there is no mapping '${id}'.`, param: 'id' })
}

function answer(row: KeyMappingRow) {
  return {
    id: row.id,
    jwt_claim_name: row.claimName,
    jwt_claim_value: row.claimValue,
    token: row.tokenHash,
    description: row.description,
    is_active: row.isActive,
    created_at: new Date(row.createdAt).toISOString(),
    created_by: row.createdBy,
    updated_at: new Date(row.updatedAt).toISOString(),
    updated_by: row.updatedBy,
  }
}
