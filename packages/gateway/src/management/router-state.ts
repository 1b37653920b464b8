import type { FastifyInstance } from 'fastify'
import type { DeploymentReport } from 'sluice/internal'
import type { Stages } from '../steps/stages.ts'
import { type AccessServices, protectRoutes } from './protect-routes.ts'

/** `GET /router/state`: how this replica's router sees every deployment right now. For the admin. */
export async function registerRouterStateRoute(
  app: FastifyInstance,
  services: AccessServices,
  stages: () => Stages,
): Promise<void> {
  await app.register(async scope => {
    protectRoutes(scope, services)
    scope.get(
      '/router/state',
      { schema: { tags: ['Routing'], summary: 'Who rests and why, calls under way, use of this minute' } },
      async () => ({ deployments: stages().routes.state().map(row) }),
    )
  })
}

function row(report: DeploymentReport) {
  const { deploymentId, group, provider, model, apiBase, openings } = report
  return {
    model_id: deploymentId,
    model_group: group,
    provider,
    model,
    api_base: apiBase ?? null,
    circuit: report.circuit,
    reason: report.reason ?? null,
    by_credential: report.credential,
    rest_ms: Math.ceil(report.restMs),
    failing: report.failing,
    cooled_down: [...openings.values()].reduce((sum, count) => sum + count, 0),
    in_flight: report.inFlight,
    waiting: report.waiting,
    requests_this_minute: report.requests,
    tokens_this_minute: report.tokens,
  }
}
