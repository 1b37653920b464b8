import type { WeightReport } from 'sluice/internal'
import { Family } from './exposition.ts'

/** Metrics of adaptive weights, for the reference. */
export const WEIGHT_METRICS = [
  {
    name: 'sluice_deployment_weight_factor',
    help: 'What adaptive weights multiply the weight of a deployment by.',
    type: 'gauge',
    labels: ['model_group', 'model_id'],
  },
  {
    name: 'sluice_deployment_weight_rollbacks_total',
    help: 'Deployments held at their least weight because they became worse, as this replica saw it.',
    type: 'counter',
    labels: [],
  },
] as const

/** One series per deployment; the text Prometheus reads. */
export function exposeWeights(reports: readonly WeightReport[], rollbacks: number): string {
  const [factor, total] = WEIGHT_METRICS
  const gauge = new Family(factor.name, factor.help, factor.type)
  for (const report of reports)
    gauge.sample({ model_group: report.group, model_id: report.deploymentId }, report.factor)
  return gauge.toString() + new Family(total.name, total.help, total.type).sample({}, rollbacks).toString()
}
