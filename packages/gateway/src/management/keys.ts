import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { badRequest } from 'sluice/internal'
import { changedKeyAnswer, keyInfo, keyObject, newKeyAnswer } from './key-json.ts'
import { KeyOffice, type KeyOfficeServices } from './key-office.ts'
import {
  DeleteKeysBody,
  GenerateKeyBody,
  KeyInfoQuery,
  KeyPath,
  KeyReferenceBody,
  ListKeysQuery,
  RegenerateKeyBody,
  UpdateKeyBody,
} from './key-schemas.ts'
import { type AccessServices, callerOfRequest, protectRoutes } from './protect-routes.ts'

export type KeyServices = KeyOfficeServices & AccessServices

const tags = ['Keys']

type Routes = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>

/** `/key/*`, LiteLLM's virtual key endpoints: a Fastify plugin. All but `/key/info` are for the admin. */
export async function registerKeyRoutes(app: FastifyInstance, services: KeyServices): Promise<void> {
  await app.register(async scope => {
    protectRoutes(scope, services)
    const office = new KeyOffice(services)
    const routes = scope.withTypeProvider<ZodTypeProvider>()
    addReading(routes, office)
    addIssuing(routes, office)
    addChanging(routes, office)
  })
}

function addReading(routes: Routes, office: KeyOffice): void {
  routes.get(
    '/key/info',
    {
      schema: {
        querystring: KeyInfoQuery,
        tags,
        summary: 'What a key is and has spent; by default your own',
      },
    },
    async request => {
      const row = await office.describe(request.query.key, callerOfRequest(request))
      return { key: row.tokenHash, info: keyInfo(row) }
    },
  )
  routes.get(
    '/key/list',
    { schema: { querystring: ListKeysQuery, tags, summary: 'Keys, by page' } },
    async request => {
      const { page, size, return_full_object: full } = request.query
      const { rows, total } = await office.list(request.query)
      return {
        keys: rows.map(row => (full ? keyObject(row) : row.tokenHash)),
        total_count: total,
        current_page: page,
        total_pages: Math.ceil(total / size),
      }
    },
  )
}

/** Routes whose answer shows a new secret. */
function addIssuing(routes: Routes, office: KeyOffice): void {
  routes.post(
    '/key/generate',
    { schema: { body: GenerateKeyBody, tags, summary: 'Make a virtual key; the answer shows it once' } },
    async request => {
      const { row, key, warnings } = await office.generate(request.body, request)
      return newKeyAnswer(row, key, warnings)
    },
  )
  routes.post(
    '/key/regenerate',
    {
      schema: {
        body: RegenerateKeyBody,
        tags,
        summary: 'Give a key a new secret; the old one stops at once',
      },
    },
    async request => {
      const { key: reference } = request.body
      if (reference == null) throw badRequest('key: must name the key to regenerate.', 'key')
      const { row, key, warnings } = await office.regenerate(reference, request.body, request)
      return newKeyAnswer(row, key, warnings)
    },
  )
  routes.post(
    '/key/:key/regenerate',
    { schema: { params: KeyPath, body: RegenerateKeyBody, tags, summary: 'As /key/regenerate' } },
    async request => {
      const { row, key, warnings } = await office.regenerate(request.params.key, request.body, request)
      return newKeyAnswer(row, key, warnings)
    },
  )
}

function addChanging(routes: Routes, office: KeyOffice): void {
  routes.post(
    '/key/update',
    { schema: { body: UpdateKeyBody, tags, summary: 'Change a key; null clears a field' } },
    async request => {
      const { row, warnings } = await office.update(request.body, request)
      return changedKeyAnswer(row, warnings)
    },
  )
  routes.post(
    '/key/delete',
    { schema: { body: DeleteKeysBody, tags, summary: 'Remove keys by key, hash or alias' } },
    async request => ({ deleted_keys: await office.remove(request.body, request) }),
  )
  for (const [path, blocked] of [
    ['/key/block', true],
    ['/key/unblock', false],
  ] as const) {
    const summary = blocked ? 'Stop a key until it is unblocked' : 'Let a blocked key work again'
    routes.post(path, { schema: { body: KeyReferenceBody, tags, summary } }, async request =>
      changedKeyAnswer(await office.setBlocked(request.body.key, blocked, request)),
    )
  }
}
