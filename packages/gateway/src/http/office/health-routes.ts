import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { openRecord } from 'sluice/internal'
import type { Health } from '../../health.ts'
import type { Stages } from '../../steps/stages.ts'
import { VERSION } from '../../version.ts'

const PROBE_MS = 60_000
const PROBES_AT_ONCE = 8

/** LiteLLM's health endpoints. Liveness never depends on anything but this process. */
export function registerHealthRoutes(app: FastifyInstance, stages: () => Stages, health: Health): void {
  for (const path of ['/health/liveliness', '/health/liveness'])
    app.get(path, { schema: { summary: 'The process is alive', tags: ['Health'] } }, async () => "I'm alive!")

  app.get(
    '/health/readiness',
    { schema: { summary: 'Ready for traffic, and what is wrong', tags: ['Health'] } },
    async (_request, reply) => {
      const report = await health.report()
      return reply.status(report.ready ? 200 : 503).send({
        status: report.status,
        db: report.database,
        cache: null,
        litellm_version: VERSION,
        success_callbacks: stages().callbacks.map(({ name }) => name),
        spend_rows_pending: stages().ledger.pending,
        problems: report.problems,
      })
    },
  )
}

/** Probes that need a key; the scope must be protected. */
export function registerProbeRoutes(app: FastifyInstance, stages: () => Stages, health: Health): void {
  app.get<{ Querystring: { model?: string; model_id?: string } }>(
    '/health',
    probing('Ask every deployment for a few tokens'),
    async request => {
      const { model, model_id } = request.query
      const deployments = stages()
        .routes.groups.all()
        .filter(
          ({ group, id }) =>
            !group.includes('*') && (!model || group === model) && (!model_id || id === model_id),
        )
      const results = await inBatches(deployments, PROBES_AT_ONCE, deployment =>
        probe(deployment.id, stages()),
      )
      const shown = deployments.map(({ model: name, provider, apiBase, id }, index) => ({
        model: `${provider}/${name}`,
        model_id: id,
        api_base: apiBase,
        ...(results[index] && { error: results[index] }),
      }))
      const healthy = shown.filter(endpoint => !('error' in endpoint))
      const unhealthy = shown.filter(endpoint => 'error' in endpoint)
      return {
        healthy_endpoints: healthy,
        unhealthy_endpoints: unhealthy,
        healthy_count: healthy.length,
        unhealthy_count: unhealthy.length,
      }
    },
  )

  app.get('/health/backlog', probing('Requests being served'), async () => {
    return { in_flight_requests: health.inFlight() }
  })
}

function probing(summary: string) {
  return { config: { access: 'info' as const }, schema: { summary, tags: ['Health'] } }
}

/** Asks one deployment for a few tokens; the error's text, or `undefined` when it answered. */
async function probe(id: string, { routes, now }: Stages): Promise<string | undefined> {
  const request = {
    model: id,
    messages: [{ role: 'user' as const, content: 'test from sluice' }],
    max_tokens: 5,
  }
  const record = openRecord({
    id: randomUUID(),
    endpoint: 'chat',
    format: 'openai-chat',
    startedAt: now(),
    requestedModel: id,
  })
  try {
    await routes.run({
      ...{
        id: record.id,
        clientFormat: record.format,
        endpoint: 'chat',
        model: id,
        request,
        record,
        retries: 0,
        disableFallbacks: true,
        timeoutMs: PROBE_MS,
      },
      strictness: { dropParams: true, additionalDropParams: [], allowedOpenaiParams: [] },
      warn: () => {},
    })
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : 'failed'
  }
}

async function inBatches<T, R>(
  items: readonly T[],
  size: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  for (let at = 0; at < items.length; at += size)
    results.push(...(await Promise.all(items.slice(at, at + size).map(work))))
  return results
}
