import type { FactsOf } from '../../callbacks/charge.ts'
import { type WorstCaseAsk, worstCaseAt } from '../../callbacks/worst-case.ts'
import type { TermsOf } from '../../models/terms/price-terms.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { Candidate } from '../candidate.ts'
import type { SpendingCall } from './within-budgets.ts'

/** A call as budgets see it, but for the moment. */
export interface SpendingAsk extends Omit<WorstCaseAsk, 'inputTokens' | 'now'> {
  inputTokens(): number
  readonly factsOf: FactsOf
  readonly termsOf?: TermsOf | undefined
}

/** Finds the worst case at each deployment when it is asked for, and then knows it for all attempts of the visit. */
export function callSpending(ask: SpendingAsk): (now: number) => SpendingCall {
  const known = new Map<Deployment, number | undefined>()
  return now => ({
    now,
    worstCase({ deployment }: Candidate) {
      if (known.has(deployment)) return known.get(deployment)
      const { nanoUsd } = worstCaseAt(
        deployment,
        { ...ask, inputTokens: ask.inputTokens(), now },
        ask.factsOf,
        ask.termsOf,
      )
      known.set(deployment, nanoUsd)
      return nanoUsd
    },
  })
}
