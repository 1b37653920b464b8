import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { badRequest, type RouteTable } from 'sluice/internal'
import type { Database } from '../../db/database.ts'
import type { AccountRow } from '../../db/rows.ts'
import { accountChanges, newAccount } from '../accounts/account-fields.ts'
import { type AccountServices, AccountsOffice } from '../accounts/accounts-office.ts'
import { keptOf, warned } from '../accounts/kept-fields.ts'
import { type AccessServices, protectRoutes } from '../protect-routes.ts'
import { TAGS, tagObject } from './tag-json.ts'
import {
  KEPT_TAG_FIELDS,
  TagBody,
  type TagFields,
  TagNameBody,
  TagNamesBody,
  TagPageQuery,
} from './tag-schemas.ts'
import { addTagUse } from './tag-use-routes.ts'

export interface TagServices extends AccountServices {
  readonly database: Database
  readonly routes: () => Pick<RouteTable, 'groups'>
}

const about = (summary: string) => ({ tags: ['Tags'], summary })

/** `/tag/*`: labels of calls that may have a budget and limits. */
export async function registerTagRoutes(
  app: FastifyInstance,
  services: AccessServices & TagServices,
): Promise<void> {
  await app.register(async scope => {
    protectRoutes(scope, services)
    addWriting(scope, services)
    addReading(scope, services)
    addTagUse(scope, services)
  })
}

function addWriting(scope: FastifyInstance, services: TagServices): void {
  const office = new AccountsOffice(services)
  const routes = scope.withTypeProvider<ZodTypeProvider>()
  const changesOf = (body: TagFields, before: AccountRow | undefined, request: FastifyRequest) => {
    checkModels(body.models, services)
    const { description } = body
    return {
      ...accountChanges(body, before, office.context(request)),
      ...(description !== undefined && { details: { ...before?.details, description } }),
    }
  }
  const warnings = (body: TagFields) => [
    ...keptOf(body, KEPT_TAG_FIELDS).warnings,
    ...(body.models?.length && services.settings().router.enableTagFiltering !== true
      ? [MODELS_CHOOSE_NOTHING]
      : []),
  ]
  routes.post(
    '/tag/new',
    { schema: { body: TagBody, ...about('Make a tag, with limits where it has any') } },
    async request => {
      const { body } = request
      const row = newAccount('tag', body.name, office.context(request), changesOf(body, undefined, request))
      await office.create(TAGS, row, request)
      const tag = tagObject(await office.find(TAGS, body.name))
      return { message: `Tag ${body.name} created successfully`, tag, ...warned(warnings(body)) }
    },
  )
  routes.post(
    '/tag/update',
    { schema: { body: TagBody, ...about('Change a tag; null clears a field') } },
    async request => {
      const { body } = request
      const change = (before: AccountRow) => changesOf(body, before, request)
      const tag = tagObject(await office.change(TAGS, body.name, change, request))
      return { message: `Tag ${body.name} updated successfully`, tag, ...warned(warnings(body)) }
    },
  )
  routes.post(
    '/tag/delete',
    { schema: { body: TagNameBody, ...about('Remove a tag; calls may go on naming it') } },
    async request => {
      await office.remove(TAGS, [request.body.name], request)
      return { message: `Tag ${request.body.name} deleted successfully` }
    },
  )
}

function addReading(scope: FastifyInstance, services: TagServices): void {
  const { database, now } = services
  const office = new AccountsOffice(services)
  const routes = scope.withTypeProvider<ZodTypeProvider>()
  routes.post('/tag/info', { schema: { body: TagNamesBody, ...about('Tags by name') } }, async ({ body }) => {
    const rows = await office.findMany(TAGS, body.names)
    return Object.fromEntries(rows.map(row => [row.id, tagObject(row)]))
  })
  const list = async (page: number, size: number) => {
    // Calls name tags that nobody made.
    await database.accounts.adoptSpenders('tag', now())
    return (await office.list(TAGS, { page, size, sortBy: 'id', sortOrder: 'asc' })).rows
  }
  const paged = { querystring: TagPageQuery }
  routes.get(
    '/tag/list',
    { schema: { ...paged, ...about('Tags that were made, and those that calls named') } },
    async ({ query }) => (await list(query.page, query.page_size)).map(tagObject),
  )
  routes.get(
    '/tag/distinct',
    { schema: { ...paged, ...about('The names of all tags') } },
    async ({ query }) => ({
      results: (await list(query.page, query.page_size)).map(({ id }) => ({ tag: id })),
    }),
  )
}

const MODELS_CHOOSE_NOTHING =
  '`models` is kept and chooses no deployment while `router_settings.enable_tag_filtering` is off.'

/** By group, or by a deployment's id. */
function checkModels(models: readonly string[] | null | undefined, { routes }: TagServices): void {
  const { groups } = routes()
  const unknown = (models ?? []).find(
    name => !groups.has(name) && !groups.all().some(deployment => deployment.id === name),
  )
  if (unknown === undefined) return
  throw badRequest(`models: there is no model or deployment ${unknown}. /model/info lists them.`, 'models')
}
