import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { badRequest } from 'sluice/internal'
import { type AccessServices, callerOfRequest, permitOf, protectRoutes } from '../protect-routes.ts'
import { bulkUpdate, removeKeys, resetSpend, setBlocked, updateKey } from './change-keys.ts'
import { issueKey } from './issue-key.ts'
import { changedKeyAnswer, keyInfo, newKeyAnswer, retiredAnswer } from './key-json.ts'
import { KeyOffice, type KeyOfficeServices, ownerOf } from './key-office.ts'
import * as schemas from './key-schemas.ts'
import { listAliases, listKeys } from './list-keys.ts'
import { regenerateKey } from './rotate-key.ts'

export type KeyServices = KeyOfficeServices & AccessServices

const tags = ['Keys']

type Routes = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>

/** `/key/*`, LiteLLM's virtual key endpoints: a Fastify plugin. Who may call which is in the access table. */
export async function registerKeyRoutes(app: FastifyInstance, services: KeyServices): Promise<void> {
  await app.register(async scope => {
    protectRoutes(scope, services)
    const office = new KeyOffice(services)
    const routes = scope.withTypeProvider<ZodTypeProvider>()
    addReading(routes, office)
    addListing(routes, office)
    addIssuing(routes, office)
    addRotating(routes, office)
    addChanging(routes, office)
    addStopping(routes, office)
  })
}

function addReading(routes: Routes, office: KeyOffice): void {
  routes.get(
    '/key/info',
    {
      schema: {
        querystring: schemas.KeyInfoQuery,
        tags,
        summary: 'What a key is and has spent; by default your own',
      },
    },
    async request => await infoOf(office, request.query.key, request),
  )
  routes.post(
    '/v2/key/info',
    { schema: { body: schemas.KeyInfosBody, tags, summary: 'As /key/info, for several keys' } },
    async request => {
      const found = []
      for (const key of request.body.keys) found.push(await infoOf(office, key, request))
      return { key: found.map(each => each.key), info: found.map(each => each.info) }
    },
  )
  routes.post('/key/health', { schema: { tags, summary: 'Whether the key that asks works' } }, async () => ({
    key: 'healthy',
    logging_callbacks: null,
  }))
}

async function infoOf(office: KeyOffice, reference: string | undefined, request: FastifyRequest) {
  const { role, record } = callerOfRequest(request)
  if (reference === undefined && role === 'proxy_admin' && callerOfRequest(request).key === undefined)
    throw badRequest('key: must name a key; the master key has no row of its own.', 'key')
  const row = await office.find(reference ?? record.keyHash)
  await permitOf(request).reach(ownerOf(row))
  const retired = row.rotation?.count ? await office.services.database.keys.retiredOf(row.tokenHash) : []
  return { key: row.tokenHash, info: { ...keyInfo(row), ...retiredAnswer(retired) } }
}

function addListing(routes: Routes, office: KeyOffice): void {
  routes.get(
    '/key/list',
    { schema: { querystring: schemas.ListKeysQuery, tags, summary: 'Keys, by page' } },
    request => listKeys(office, request.query, request),
  )
  routes.get(
    '/key/aliases',
    { schema: { querystring: schemas.AliasesQuery, tags, summary: 'Aliases of keys, by page' } },
    request => listAliases(office, request.query, request),
  )
}

/** Routes whose answer shows a new key. */
function addIssuing(routes: Routes, office: KeyOffice): void {
  routes.post(
    '/key/generate',
    {
      schema: {
        body: schemas.GenerateKeyBody,
        tags,
        summary: 'Make a virtual key; the answer shows it once',
      },
    },
    async request => {
      const { row, key, warnings } = await issueKey(office, request.body, request)
      return newKeyAnswer(row, key, warnings)
    },
  )
  routes.post(
    '/key/service-account/generate',
    {
      schema: {
        body: schemas.ServiceAccountKeyBody,
        tags,
        summary: 'Make a key that belongs to a team and to no user',
      },
    },
    async request => {
      const { row, key, warnings } = await issueKey(office, request.body, request, 'service_account')
      return newKeyAnswer(row, key, warnings)
    },
  )
}

function addRotating(routes: Routes, office: KeyOffice): void {
  routes.post(
    '/key/regenerate',
    {
      schema: {
        body: schemas.RegenerateKeyBody,
        tags,
        summary: 'Give a key a new secret; the old one ends at once, or after grace_period',
      },
    },
    async request => {
      const { key: reference } = request.body
      if (reference == null) throw badRequest('key: must name the key to regenerate.', 'key')
      const { row, key, warnings } = await regenerateKey(office, reference, request.body, request)
      return newKeyAnswer(row, key, warnings)
    },
  )
  routes.post(
    '/key/:key/regenerate',
    {
      schema: {
        params: schemas.KeyPath,
        body: schemas.RegenerateKeyBody,
        tags,
        summary: 'As /key/regenerate',
      },
    },
    async request => {
      const { row, key, warnings } = await regenerateKey(office, request.params.key, request.body, request)
      return newKeyAnswer(row, key, warnings)
    },
  )
}

function addChanging(routes: Routes, office: KeyOffice): void {
  routes.post(
    '/key/update',
    { schema: { body: schemas.UpdateKeyBody, tags, summary: 'Change a key; null clears a field' } },
    async request => {
      const { row, warnings } = await updateKey(office, request.body, request)
      return changedKeyAnswer(row, warnings)
    },
  )
  routes.post(
    '/key/bulk_update',
    { schema: { body: schemas.BulkUpdateBody, tags, summary: 'Change up to 500 keys, each by itself' } },
    request => bulkUpdate(office, request.body, request),
  )
  routes.post(
    '/key/:key/reset_spend',
    {
      schema: {
        params: schemas.KeyPath,
        body: schemas.ResetSpendBody,
        tags,
        summary: 'Set what a key has spent',
      },
    },
    request => resetSpend(office, request.params.key, request.body, request),
  )
}

function addStopping(routes: Routes, office: KeyOffice): void {
  routes.post(
    '/key/delete',
    { schema: { body: schemas.DeleteKeysBody, tags, summary: 'Remove keys by key, hash or alias' } },
    async request => ({ deleted_keys: await removeKeys(office, request.body, request) }),
  )
  for (const [path, blocked] of [
    ['/key/block', true],
    ['/key/unblock', false],
  ] as const) {
    const summary = blocked ? 'Stop a key until it is unblocked' : 'Let a blocked key work again'
    routes.post(path, { schema: { body: schemas.KeyReferenceBody, tags, summary } }, async request =>
      changedKeyAnswer(await setBlocked(office, request.body.key, blocked, request)),
    )
  }
}
