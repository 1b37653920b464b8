import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { badRequest, type Cost, estimateRequestTokens, type Usage } from 'sluice/internal'
import { z } from 'zod'
import { usdFromNano } from '../../spend/money.ts'
import type { PriceServices } from './price-services.ts'
import { findQuoted, quote } from './quote.ts'

const tokens = z.number().int().min(0).max(1e9)
const perTime = z.number().int().min(0).max(1e12).nullish()

const CalculateBody = z.strictObject({
  model: z.string().min(1).max(1_000).nullish(),
  messages: z.array(z.looseObject({})).max(10_000).nullish(),
  completion_response: z.looseObject({ model: z.string().optional() }).nullish(),
})
const EstimateBody = z.strictObject({
  model: z.string().min(1).max(1_000),
  input_tokens: tokens,
  output_tokens: tokens,
  num_requests_per_day: perTime,
  num_requests_per_month: perTime,
})
type Estimate = z.infer<typeof EstimateBody>

/** `/spend/calculate` and `/cost/estimate`: what a call would cost, or has cost. */
export function registerCostRoutes(scope: FastifyInstance, { stages }: PriceServices): void {
  const routes = scope.withTypeProvider<ZodTypeProvider>()
  routes.post(
    '/spend/calculate',
    { schema: { body: CalculateBody, tags: ['Spend'], summary: 'What a prompt or an answer costs' } },
    async ({ body }) => {
      const { completion_response: answer, messages } = body
      const model = body.model ?? answer?.model
      if (!model) throw badRequest('model: is missing. Send it, or an answer that names it.', 'model')
      const usage = answer ? usageOf(answer['usage']) : promptOf(messages)
      const { catalogue } = stages()
      const cost = quote(findQuoted(model, stages()), usage, catalogue, Date.now())
      return { cost: usdFromNano(knownOf(cost, model)) }
    },
  )
  routes.post(
    '/cost/estimate',
    { schema: { body: EstimateBody, tags: ['Spend'], summary: 'What calls of a size would cost' } },
    async ({ body }) => estimate(body, stages()),
  )
}

function estimate(body: Estimate, { catalogue, routes }: ReturnType<PriceServices['stages']>) {
  const { model, input_tokens: input, output_tokens: output } = body
  const quoted = findQuoted(model, { catalogue, routes })
  const cost = quote(quoted, usage(input, output), catalogue, Date.now())
  const nano = knownOf(cost, model)
  const { inputNanoUsd, outputNanoUsd, terms } = cost as Extract<Cost, { state: 'known' }>
  const times = (count: number | null | undefined, nanoUsd: number) =>
    count == null ? null : usdFromNano(nanoUsd * count)
  const margin = terms?.marginNanoUsd ?? 0
  const { num_requests_per_day: daily, num_requests_per_month: monthly } = body
  return {
    model,
    provider: quoted.provider,
    input_tokens: input,
    output_tokens: output,
    num_requests_per_day: daily ?? null,
    num_requests_per_month: monthly ?? null,
    cost_per_request: usdFromNano(nano),
    input_cost_per_request: usdFromNano(inputNanoUsd),
    output_cost_per_request: usdFromNano(outputNanoUsd),
    discount_per_request: usdFromNano(terms?.discountNanoUsd ?? 0),
    margin_cost_per_request: usdFromNano(margin),
    daily_cost: times(daily, nano),
    daily_input_cost: times(daily, inputNanoUsd),
    daily_output_cost: times(daily, outputNanoUsd),
    daily_margin_cost: times(daily, margin),
    monthly_cost: times(monthly, nano),
    monthly_input_cost: times(monthly, inputNanoUsd),
    monthly_output_cost: times(monthly, outputNanoUsd),
    monthly_margin_cost: times(monthly, margin),
    input_cost_per_token: quoted.facts?.['input_cost_per_token'] ?? null,
    output_cost_per_token: quoted.facts?.['output_cost_per_token'] ?? null,
  }
}

/** An unknown price is said to be so, and is never 0. */
function knownOf(cost: Cost, model: string): number {
  if (cost.state === 'known') return cost.nanoUsd
  const reason = cost.state === 'unknown' ? cost.reason : 'nothing was used'
  throw badRequest(`model: what ${model} costs is unknown: ${reason}. Set its price in model_info.`, 'model')
}

function promptOf(messages: readonly object[] | null | undefined): Usage {
  if (!messages)
    throw badRequest(
      'messages: are missing. Send the messages, or `completion_response` with its usage.',
      'messages',
    )
  return usage(estimateRequestTokens({ messages }), 0)
}

function usageOf(given: unknown): Usage {
  const told = given as Partial<Usage> | null | undefined
  if (typeof told?.prompt_tokens === 'number') return told as Usage
  throw badRequest(
    'completion_response.usage: must have prompt_tokens and completion_tokens.',
    'completion_response',
  )
}

function usage(input: number, output: number): Usage {
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output }
}
