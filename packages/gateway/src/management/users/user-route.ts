import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'

/** A scope whose handlers see what their schemas say. */
export function typedRoutes(scope: FastifyInstance) {
  return scope.withTypeProvider<ZodTypeProvider>()
}

export type UserRoutes = ReturnType<typeof typedRoutes>

/** What the list of endpoints says of a route. */
export function about(summary: string) {
  return { tags: ['Users'], summary }
}
