import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { badRequest } from 'sluice/internal'
import { z } from 'zod'
import { nanoFromUsd, usdFromNano } from '../../spend/money.ts'
import type { PriceServices } from './price-services.ts'

const share = z.number().min(0).max(1)
const Discounts = z.record(z.string().min(1).max(200), share)
const Margins = z.record(
  z.string().min(1).max(200),
  z.union([
    z.number().min(0).max(1_000),
    z.strictObject({
      percentage: z.number().min(0).max(1_000).optional(),
      fixed_amount: z.number().min(0).max(1_000_000).optional(),
    }),
  ]),
)
const tags = ['Spend']

/** `/config/cost_discount_config` and `/config/cost_margin_config`: read, or replaced for all replicas within seconds. */
export function registerTermsRoutes(scope: FastifyInstance, services: PriceServices): void {
  const { prices } = services
  const routes = scope.withTypeProvider<ZodTypeProvider>()
  routes.get(
    '/config/cost_discount_config',
    { schema: { tags, summary: 'Discounts by provider' } },
    async () => ({ values: discountsJson(prices) }),
  )
  routes.patch(
    '/config/cost_discount_config',
    { schema: { body: Discounts, tags, summary: 'Replaces the discounts' } },
    async request => {
      const discounts = request.body
      checkProviders(Object.keys(discounts), services)
      const before = discountsJson(prices)
      await prices.setTerms({ discounts })
      await recordTerms(services, request, 'cost_discount_config', before, discountsJson(prices))
      return {
        message: 'Cost discount configuration updated successfully',
        status: 'success',
        values: discounts,
      }
    },
  )
  routes.get(
    '/config/cost_margin_config',
    { schema: { tags, summary: 'Margins by provider, and for all (`global`)' } },
    async () => ({ values: marginsJson(prices) }),
  )
  routes.patch(
    '/config/cost_margin_config',
    { schema: { body: Margins, tags, summary: 'Replaces the margins' } },
    async request => {
      checkProviders(Object.keys(request.body), services, ['global'])
      const before = marginsJson(prices)
      await prices.setTerms({ margins: marginsOf(request.body) })
      await recordTerms(services, request, 'cost_margin_config', before, marginsJson(prices))
      return {
        message: 'Cost margin configuration updated successfully',
        status: 'success',
        values: marginsJson(prices),
      }
    },
  )
}

function marginsOf(given: z.infer<typeof Margins>) {
  const entries = Object.entries(given).map(([provider, value]) => {
    const { percentage = 0, fixed_amount: fixed = 0 } =
      typeof value === 'number' ? { percentage: value } : value
    return [provider, { margin: percentage, marginNanoUsd: nanoFromUsd(fixed, provider) }] as const
  })
  return Object.fromEntries(entries)
}

function discountsJson({ terms }: PriceServices['prices']): Record<string, number> {
  return Object.fromEntries(terms.discounts)
}

function marginsJson({ terms }: PriceServices['prices']): Record<string, unknown> {
  const entries = [...terms.margins].map(([provider, { margin, marginNanoUsd }]) => {
    const parts = { percentage: margin, fixed_amount: usdFromNano(marginNanoUsd) }
    return [provider, marginNanoUsd === 0 ? margin : parts] as const
  })
  return Object.fromEntries(entries)
}

/** A misspelt provider would be a discount that nobody gets. */
function checkProviders(
  names: readonly string[],
  { settings }: PriceServices,
  also: readonly string[] = [],
): void {
  const { providers } = settings()
  const stranger = names.find(name => !providers.has(name) && !also.includes(name))
  if (stranger === undefined) return
  throw badRequest(
    `${stranger}: is no provider. Send provider names as they stand before the slash of a model.`,
    stranger,
  )
}

async function recordTerms(
  { audit }: PriceServices,
  request: FastifyRequest,
  objectId: string,
  before: unknown,
  after: unknown,
): Promise<void> {
  await audit.record({ action: 'updated', table: 'LiteLLM_Config', objectId, before, after, request })
}
