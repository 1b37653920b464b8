import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { SpendDrift } from '../../db/spend/reading/read-drift.ts'
import { usdFromNano } from '../../spend/money.ts'
import { type SpendVerdict, verifySpend } from '../../spend/verify-spend.ts'
import type { SpendServices } from './spend-services.ts'

const Query = z.strictObject({ days: z.coerce.number().int().min(1).max(31).default(3) })

/** `GET /spend/reconciliation`: whether rows, daily sums, totals and budgets agree, compared now. */
export function registerReconciliation(scope: FastifyInstance, { database }: SpendServices): void {
  scope
    .withTypeProvider<ZodTypeProvider>()
    .get(
      '/spend/reconciliation',
      { schema: { querystring: Query, tags: ['Spend'], summary: 'Proves that the books of spend agree' } },
      async ({ query: { days } }) => verdictJson(await verifySpend({ ...database, days, now: Date.now() })),
    )
}

function verdictJson({ from, to, daysCompared, at, drifts, isCut }: SpendVerdict) {
  return {
    status: drifts.length === 0 ? 'agree' : 'differ',
    start_date: from ?? null,
    end_date: to,
    days_compared: daysCompared,
    verified_at: new Date(at).toISOString(),
    drifts: drifts.map(driftJson),
    has_more: isCut,
  }
}

function driftJson({ between, kind, id, day, expected, found }: SpendDrift) {
  return {
    ...{ between, kind, id, date: day ?? null },
    expected: { spend: usdFromNano(expected.nanoUsd), requests: expected.requests },
    found: { spend: usdFromNano(found.nanoUsd), requests: found.requests },
    drift: usdFromNano(found.nanoUsd - expected.nanoUsd),
  }
}
