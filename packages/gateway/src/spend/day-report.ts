import type { SpendSums } from '../db/spend/reading/read-sums.ts'
import { usdFromNano } from './money.ts'

/** How a report by day and subject is laid out. */
export interface DayReportShape {
  /** What the list of a day is called: `teams`. */
  readonly list: string
  /** Fields of a subject beside its sums. */
  readonly nameOf: (id: string) => Readonly<Record<string, string>>
}

/** What one key spent on one model, as LiteLLM has it. */
export interface SpendDetail {
  readonly model: string
  readonly api_key: string
  readonly spend: number
  readonly total_tokens: number
  /** Calls of unknown price that `spend` does not hold. */
  readonly unknown_cost_requests: number
}

/**
 * `/global/spend/report` by team, customer or another subject, as JSON text: per day, what each spent on which model
 * with which key. Takes sums by day, subject, key and model in that order, in pieces of any size, and holds none.
 * Source: https://docs.litellm.ai/docs/proxy/cost_tracking
 */
export async function* dayReport(
  pieces: AsyncIterable<readonly SpendSums[]>,
  { list, nameOf }: DayReportShape,
): AsyncGenerator<string> {
  let day: string | undefined
  let id: string | undefined
  let total = 0
  const endOfSubject = () => `],"total_spend":${usdFromNano(total)}}`
  let text = '['
  for await (const sums of pieces) {
    for (const each of sums) {
      const isNewDay = each.day !== day
      const isNew = isNewDay || each.id !== id
      if (isNew && id !== undefined) text += endOfSubject()
      if (isNewDay) {
        if (day !== undefined) text += ']},'
        text += `{"group_by_day":${JSON.stringify(each.day)},${JSON.stringify(list)}:[`
      } else text += ','
      if (isNew) {
        total = 0
        text += `${JSON.stringify(nameOf(each.id)).slice(0, -1)},"metadata":[`
      }
      day = each.day
      id = each.id
      total += each.spendNanoUsd
      text += JSON.stringify(detailOf(each))
    }
    yield text
    text = ''
  }
  yield `${text}${id === undefined ? '' : `${endOfSubject()}]}`}]`
}

function detailOf(sums: SpendSums): SpendDetail {
  return {
    model: sums.model,
    api_key: sums.apiKey,
    spend: usdFromNano(sums.spendNanoUsd),
    total_tokens: sums.promptTokens + sums.completionTokens,
    unknown_cost_requests: sums.unknownCostRequests,
  }
}
