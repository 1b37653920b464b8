import type { BudgetReport } from 'sluice/internal'
import { Family } from './exposition.ts'

/** LiteLLM's gauge of what is left of providers' budgets, and the same for deployments; empty where there are none. */
export function exposeBudgets(reports: readonly BudgetReport[]): string {
  const providers = new Family(
    'litellm_provider_remaining_budget_metric',
    "What is left of a provider's budget in this period, US dollars.",
    'gauge',
  )
  const deployments = new Family(
    'sluice_deployment_remaining_budget_metric',
    "What is left of a deployment's budget in this period, US dollars.",
    'gauge',
  )
  for (const { kind, id, maxNanoUsd, spentNanoUsd } of reports) {
    const left = (maxNanoUsd - spentNanoUsd) / 1e9
    if (kind === 'provider') providers.sample({ api_provider: id }, left)
    else deployments.sample({ model_id: id }, left)
  }
  const has = (kind: BudgetReport['kind']) => reports.some(each => each.kind === kind)
  return (has('provider') ? providers.toString() : '') + (has('deployment') ? deployments.toString() : '')
}
