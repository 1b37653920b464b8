import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Registry } from 'prom-client'

/** Prometheus: what `expose` tells, under LiteLLM's names, and the process's own metrics. */
export function registerMetricsRoute(app: FastifyInstance, expose: () => string): void {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  app.get(
    '/metrics',
    { config: { access: 'info' }, schema: { summary: 'Prometheus metrics', tags: ['Health'] } },
    async (_request, reply) => {
      return reply.type(registry.contentType).send(expose() + (await registry.metrics()))
    },
  )
}
