import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import {
  type AdaptiveWeight,
  checkId,
  type LiveWeights,
  MOST_WEIGHT,
  type RouteTable,
  type WeightReport,
} from 'sluice/internal'
import { z } from 'zod'
import type { Database } from '../db/database.ts'
import type { AdaptiveWeightsJob } from '../jobs/adaptive-weights.ts'
import type { WeightsSync } from '../jobs/weights-sync.ts'
import type { Audit } from './audit/audit-log.ts'
import { type AccessServices, authorOf, protectRoutes } from './protect-routes.ts'

export interface WeightServices extends AccessServices {
  readonly database: Pick<Database, 'weights' | 'accounts'>
  readonly audit: Audit
  readonly routes: () => RouteTable
  readonly weights: Pick<WeightsSync, 'changed'>
  readonly adaptive: Pick<AdaptiveWeightsJob, 'current'>
  readonly now: () => number
}

const Weight = z
  .number({ error: `must be a number from 0 to ${MOST_WEIGHT}, or null for the configured one` })
  .min(0, 'must not be negative; 0 takes the deployment out')
  .max(MOST_WEIGHT, `must be at most ${MOST_WEIGHT}`)
  .nullable()

const MOST_AT_ONCE = 1_000

const ChangeBody = z.strictObject({
  weights: z
    .record(z.string().min(1).max(512), Weight, {
      error: 'must be a map of deployment ids to weights, for example {"my-canary": 3}',
    })
    .refine(all => Object.keys(all).length > 0, 'must name at least one deployment')
    .refine(all => Object.keys(all).length <= MOST_AT_ONCE, `must name at most ${MOST_AT_ONCE} deployments`),
})

const tags = ['Routing']

/** `/router/weights`: what each deployment weighs, and setting it while the gateway runs. For the admin. */
export async function registerWeightRoutes(app: FastifyInstance, services: WeightServices): Promise<void> {
  await app.register(async scope => {
    protectRoutes(scope, services)
    const routes = scope.withTypeProvider<ZodTypeProvider>()
    const { weights } = services
    routes.get(
      '/router/weights',
      { schema: { tags, summary: 'The weight of every deployment, and its share of the calls' } },
      async () => weightsAnswer(services),
    )
    routes.patch(
      '/router/weights',
      {
        schema: {
          body: ChangeBody,
          tags,
          summary: 'Set weights on all replicas; null goes back to the configuration',
        },
      },
      async request => {
        const changes = request.body.weights
        const known = new Set(
          services
            .routes()
            .groups.all()
            .map(({ id }) => id),
        )
        for (const [id, weight] of Object.entries(changes)) if (weight !== null) checkId(id, known)
        await changeWeights(services, changes, request)
        await weights.changed()
        return weightsAnswer(services)
      },
    )
  })
}

/** Each deployment is an object of its own in the audit log: LiteLLM keeps models, weights among them, in this table. */
async function changeWeights(
  { audit, database, now }: WeightServices,
  weights: Readonly<Record<string, number | null>>,
  request: FastifyRequest,
): Promise<void> {
  await audit.together(async () => {
    const before = await database.weights.all()
    await database.weights.change({ weights, author: authorOf(request), now: now() })
    const changes = Object.entries(weights).map(([objectId, weight]) => ({
      ...({ action: 'updated', table: 'LiteLLM_ProxyModelTable', objectId, request } as const),
      before: { weight: before.get(objectId) ?? null },
      after: { weight },
    }))
    await audit.record(changes)
  })
}

function weightsAnswer({ routes, adaptive }: Pick<WeightServices, 'routes' | 'adaptive'>) {
  const table = routes()
  const reports = table.weightReports()
  const found = adaptive.current()
  const groups = Map.groupBy(reports, ({ group }) => group)
  return {
    groups: [...groups].map(([group, deployments]) => ({
      model_group: group,
      deployments: deployments.map(report => weightRow(report, found.get(report.deploymentId))),
    })),
    unknown: unknownOf(table.weights, reports),
  }
}

function weightRow(report: WeightReport, found: AdaptiveWeight | undefined) {
  return {
    model_id: report.deploymentId,
    model: `${report.provider}/${report.model}`,
    weighed_by: report.weighedBy ?? null,
    configured: report.configured,
    set: report.set ?? null,
    factor: report.factor,
    share: report.share ?? null,
    ...(found && { adaptive: adaptiveRow(found) }),
  }
}

/** What the factor comes from, in the window of `adaptive_weights`. */
function adaptiveRow({ attempts, failures, scores, rollback }: AdaptiveWeight) {
  return {
    attempts,
    failures,
    scores: scores.count,
    mean_score: scores.count === 0 ? null : scores.sum / scores.count,
    rolled_back_until: rollback === undefined ? null : new Date(rollback.until).toISOString(),
    rolled_back_because: rollback?.reason ?? null,
  }
}

/** What was set for deployments that are not configured: it holds again should they come back. */
function unknownOf(weights: LiveWeights, reports: readonly WeightReport[]) {
  const known = new Set(reports.map(({ deploymentId }) => deploymentId))
  return Object.fromEntries([...weights.all()].filter(([id]) => !known.has(id)))
}
