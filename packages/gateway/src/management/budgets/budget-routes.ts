import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { type AccessServices, protectRoutes } from '../protect-routes.ts'
import { budgetObject, budgetSettings } from './budget-json.ts'
import { BudgetOffice, type BudgetOfficeServices } from './budget-office.ts'
import {
  BudgetPageQuery,
  BudgetQuery,
  BudgetsBody,
  DeleteBudgetBody,
  NewBudgetBody,
  UpdateBudgetBody,
} from './budget-schemas.ts'

const tags = ['Budgets']

/** `/budget/*`: limits under a name, for whoever states it as `budget_id`. */
export async function registerBudgetRoutes(
  app: FastifyInstance,
  services: AccessServices & BudgetOfficeServices,
): Promise<void> {
  await app.register(async scope => {
    protectRoutes(scope, services)
    const office = new BudgetOffice(services)
    const routes = scope.withTypeProvider<ZodTypeProvider>()
    const schema = (summary: string) => ({ tags, summary })
    routes.post(
      '/budget/new',
      { schema: { body: NewBudgetBody, ...schema('Make a budget that others may name') } },
      async request => budgetObject(await office.create(request.body, request)),
    )
    routes.post(
      '/budget/update',
      {
        schema: {
          body: UpdateBudgetBody,
          ...schema('Change a budget, and so the limits of all who name it'),
        },
      },
      async request => budgetObject(await office.update(request.body, request)),
    )
    routes.post(
      '/budget/info',
      { schema: { body: BudgetsBody, ...schema('Budgets by id') } },
      async request => (await office.findMany(request.body.budgets)).map(budgetObject),
    )
    routes.get(
      '/budget/settings',
      { schema: { querystring: BudgetQuery, ...schema('The fields of a budget, for a form') } },
      async request => budgetSettings(await office.find(request.query.budget_id)),
    )
    routes.get(
      '/budget/list',
      { schema: { querystring: BudgetPageQuery, ...schema('All budgets, newest first') } },
      async ({ query }) => (await office.list({ page: query.page, size: query.page_size })).map(budgetObject),
    )
    routes.post(
      '/budget/delete',
      { schema: { body: DeleteBudgetBody, ...schema('Remove a budget that nobody names') } },
      async request => budgetObject(await office.remove(request.body.id, request)),
    )
  })
}
