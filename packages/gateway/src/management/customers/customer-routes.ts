import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { warned } from '../accounts/kept-fields.ts'
import { type AccessServices, protectRoutes } from '../protect-routes.ts'
import { customerObject } from './customer-json.ts'
import { CustomerOffice, type CustomerServices } from './customer-office.ts'
import { CustomerBody, CustomerIdsBody, CustomerPageQuery, CustomerQuery } from './customer-schemas.ts'

const about = (summary: string) => ({ tags: ['Customers'], summary })

/** `/customer/*`, and the same as `/end_user/*`: those on whose behalf keys call. */
export async function registerCustomerRoutes(
  app: FastifyInstance,
  services: AccessServices & CustomerServices,
): Promise<void> {
  await app.register(async scope => {
    protectRoutes(scope, services)
    const office = new CustomerOffice(services)
    for (const prefix of ['/customer', '/end_user']) {
      addOne(scope, office, prefix)
      addMany(scope, office, prefix)
    }
  })
}

function addOne(scope: FastifyInstance, office: CustomerOffice, prefix: string): void {
  const routes = scope.withTypeProvider<ZodTypeProvider>()
  routes.post(
    `${prefix}/new`,
    { schema: { body: CustomerBody, ...about('Make a customer, with limits of their own or of a budget') } },
    async request => {
      const { row, warnings } = await office.create(request.body, request)
      return { ...customerObject(row), ...warned(warnings) }
    },
  )
  routes.get(
    `${prefix}/info`,
    { schema: { querystring: CustomerQuery, ...about('A customer, and what they have spent') } },
    async request => customerObject(await office.find(request.query.end_user_id)),
  )
  routes.post(
    `${prefix}/update`,
    { schema: { body: CustomerBody, ...about('Change a customer; null clears a field') } },
    async request => {
      const { row, warnings } = await office.update(request.body, request)
      return { ...customerObject(row), ...warned(warnings) }
    },
  )
}

function addMany(scope: FastifyInstance, office: CustomerOffice, prefix: string): void {
  const routes = scope.withTypeProvider<ZodTypeProvider>()
  routes.get(
    `${prefix}/list`,
    { schema: { querystring: CustomerPageQuery, ...about('Customers, newest first') } },
    async ({ query }) => (await office.list({ page: query.page, size: query.page_size })).map(customerObject),
  )
  routes.post(
    `${prefix}/delete`,
    { schema: { body: CustomerIdsBody, ...about('Remove customers; what they spent stays in the books') } },
    async request => {
      const rows = await office.remove(request.body.user_ids, request)
      const message = `Successfully deleted customers with ids: ${rows.map(({ id }) => id).join(', ')}`
      return { deleted_customers: rows.length, message }
    },
  )
  routes.post(
    `${prefix}/block`,
    { schema: { body: CustomerIdsBody, ...about('Refuse calls on behalf of these customers') } },
    async request => ({
      blocked_users: (await office.setBlocked(request.body.user_ids, true, request)).map(customerObject),
    }),
  )
  routes.post(
    `${prefix}/unblock`,
    { schema: { body: CustomerIdsBody, ...about('Serve these customers again') } },
    async request => ({
      unblocked_users: (await office.setBlocked(request.body.user_ids, false, request)).map(customerObject),
    }),
  )
}
