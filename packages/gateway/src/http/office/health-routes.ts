import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Deployment } from 'sluice/internal'
import type { Health } from '../../health.ts'
import { type HealthChecker, isInBackground } from '../../health-checks/health-checker.ts'
import { healthReport, latestReport } from '../../health-checks/health-report.ts'
import { callerOfRequest } from '../../management/protect-routes.ts'
import type { Stages } from '../../steps/stages.ts'
import { VERSION } from '../../version.ts'
import { isDeploymentOf } from './visible-models.ts'

const KEYS_FRESH_MS = 60_000

/** LiteLLM's health endpoints. Liveness never depends on anything but this process. */
export function registerHealthRoutes(app: FastifyInstance, stages: () => Stages, health: Health): void {
  for (const path of ['/health/liveliness', '/health/liveness'])
    app.get(path, { schema: { summary: 'The process is alive', tags: ['Health'] } }, async () => "I'm alive!")

  app.get(
    '/health/readiness',
    { schema: { summary: 'Ready for traffic, and what is wrong', tags: ['Health'] } },
    async (_request, reply) => {
      const report = health.report()
      return reply.status(report.ready ? 200 : 503).send({
        status: report.status,
        db: report.database,
        cache: report.cache,
        litellm_version: VERSION,
        success_callbacks: stages().callbacks.flatMap(({ name, isInternal }) => (isInternal ? [] : [name])),
        spend_rows_pending: stages().ledger.pending,
        problems: report.problems,
      })
    },
  )
}

/** Who may be asked how they are, and what was found; the scope must be protected. */
export function registerHealthCheckRoutes(
  app: FastifyInstance,
  stages: () => Stages,
  { health, checker }: { readonly health: Health; readonly checker: HealthChecker },
): void {
  app.get<{ Querystring: { model?: string; model_id?: string } }>(
    '/health',
    anyKey('Whether deployments answer: found in the background, else by asking each for a few tokens'),
    async request => {
      const deployments = visible(request, stages(), request.query)
      const { background } = stages().settings.health
      if (!background) await checker.check(deployments, freshnessFor(request))
      return healthReport(deployments, stages())
    },
  )

  app.get(
    '/health/latest',
    anyKey('What the last check of each deployment found; asks nobody'),
    async request => latestReport(visible(request, stages(), {}), stages()),
  )

  app.get('/health/backlog', anyKey('Requests being served'), async () => {
    return { in_flight_requests: health.inFlight() }
  })
}

/** A route that every key may call. */
function anyKey(summary: string) {
  return { config: { access: 'info' as const }, schema: { summary, tags: ['Health'] } }
}

/** The deployments that the caller may use and asks for. */
function visible(
  request: FastifyRequest,
  stages: Stages,
  { model, model_id: id }: { readonly model?: string; readonly model_id?: string },
): readonly Deployment[] {
  const { routes, settings } = stages
  const caller = callerOfRequest(request)
  const { background, groups, skipDisabled } = settings.health
  return routes.groups
    .all()
    .filter(
      deployment =>
        isDeploymentOf(caller, deployment, stages) &&
        (!model || deployment.group === model) &&
        (!id || deployment.id === id) &&
        (!skipDisabled || isInBackground(deployment.modelInfo)) &&
        (!background || !groups || groups.has(deployment.group)),
    )
}

/** A check costs the operator money: what was found less than a minute ago is good enough for the holder of a key. */
function freshnessFor(request: FastifyRequest): number {
  return callerOfRequest(request).role === 'proxy_admin' ? 0 : KEYS_FRESH_MS
}
