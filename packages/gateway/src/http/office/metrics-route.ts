import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { CallMetrics } from '../../telemetry/call-metrics.ts'
import { exposeShared, type SharedCounts } from '../../telemetry/shared-metrics.ts'

/** Prometheus: per-call metrics under LiteLLM's names, and the process's own. */
export function registerMetricsRoute(app: FastifyInstance, metrics: CallMetrics, shared: SharedCounts): void {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  app.get(
    '/metrics',
    { config: { access: 'info' }, schema: { summary: 'Prometheus metrics', tags: ['Health'] } },
    async (_request, reply) => {
      return reply
        .type(registry.contentType)
        .send(metrics.expose() + exposeShared(shared) + (await registry.metrics()))
    },
  )
}
