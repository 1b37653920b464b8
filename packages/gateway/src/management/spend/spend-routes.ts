import type { FastifyInstance } from 'fastify'
import { protectRoutes } from '../protect-routes.ts'
import { registerActivityRoutes } from './activity.ts'
import { registerDailyActivity } from './daily-activity.ts'
import { registerGlobalSpend } from './global.ts'
import { registerGlobalTops } from './global-tops.ts'
import { registerSpendLists } from './lists.ts'
import { registerLogRoutes } from './logs.ts'
import { registerReconciliation } from './reconciliation.ts'
import { registerReportRoute } from './reports.ts'
import { type ResetServices, registerReset } from './reset.ts'
import { registerTraceRoute } from './traces.ts'

/** Everything that reads what was spent: a Fastify plugin. Days are UTC. */
export async function registerSpendRoutes(app: FastifyInstance, services: ResetServices): Promise<void> {
  await app.register(async scope => {
    protectRoutes(scope, services)
    registerLogRoutes(scope, services)
    registerReportRoute(scope, services)
    registerSpendLists(scope, services)
    registerGlobalSpend(scope, services)
    registerGlobalTops(scope, services)
    registerActivityRoutes(scope, services)
    registerDailyActivity(scope, services)
    registerTraceRoute(scope, services)
    registerReconciliation(scope, services)
    registerReset(scope, services)
  })
}
