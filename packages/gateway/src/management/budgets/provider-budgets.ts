import type { FastifyInstance } from 'fastify'
import type { BudgetReport, RouteTable } from 'sluice/internal'
import { usdFromNano } from '../../spend/money.ts'
import { type AccessServices, protectRoutes } from '../protect-routes.ts'

export interface ProviderBudgetServices extends AccessServices {
  readonly routes: () => RouteTable
}

/** `GET /provider/budgets`: LiteLLM's answer, and beside it the budgets of deployments. For the admin. */
export async function registerProviderBudgetRoute(
  app: FastifyInstance,
  services: ProviderBudgetServices,
): Promise<void> {
  await app.register(async scope => {
    protectRoutes(scope, services)
    scope.get(
      '/provider/budgets',
      { schema: { tags: ['Routing'], summary: 'Budgets of providers and deployments, and what is spent' } },
      async () => {
        const reports = services.routes().budgets.reports()
        const of = (kind: BudgetReport['kind']) =>
          Object.fromEntries(
            reports.filter(each => each.kind === kind).map(each => [each.id, answerOf(each)]),
          )
        return { providers: of('provider'), deployments: of('deployment') }
      },
    )
  })
}

function answerOf({ maxNanoUsd, duration, spentNanoUsd, reservedNanoUsd, resetAt }: BudgetReport) {
  return {
    budget_limit: usdFromNano(maxNanoUsd),
    time_period: duration ?? null,
    spend: usdFromNano(spentNanoUsd),
    reserved: usdFromNano(reservedNanoUsd),
    budget_reset_at: resetAt === undefined ? null : new Date(resetAt).toISOString(),
  }
}
