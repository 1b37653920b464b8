import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { MetricSource } from '../../telemetry/metric-source.ts'

/** Prometheus: what the gateway tells under LiteLLM's names, and the process's own. */
export function registerMetricsRoute(app: FastifyInstance, sources: readonly MetricSource[]): void {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  app.get(
    '/metrics',
    { config: { access: 'info' }, schema: { summary: 'Prometheus metrics', tags: ['Health'] } },
    async (_request, reply) => {
      return reply
        .type(registry.contentType)
        .send(sources.map(source => source.expose()).join('') + (await registry.metrics()))
    },
  )
}
