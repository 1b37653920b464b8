import type { FastifyInstance } from 'fastify'
import { protectRoutes } from '../protect-routes.ts'
import { registerCostRoutes } from './costs.ts'
import { registerPriceFileRoutes } from './price-file.ts'
import type { PriceServices } from './price-services.ts'
import { registerTermsRoutes } from './terms.ts'

/** What models cost: asked for, estimated, discounted, reloaded. A Fastify plugin. */
export async function registerPriceRoutes(app: FastifyInstance, services: PriceServices): Promise<void> {
  await app.register(async scope => {
    protectRoutes(scope, services)
    registerCostRoutes(scope, services)
    registerTermsRoutes(scope, services)
    registerPriceFileRoutes(scope, services)
  })
}
