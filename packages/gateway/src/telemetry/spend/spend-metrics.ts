import { Family } from '../exposition.ts'

/** Metrics of the books of spend, for the reference. */
export const SPEND_METRICS = [
  {
    name: 'sluice_spend_drifts',
    help: 'Places where rows, daily sums, totals and budgets did not agree when they were last compared; 0 is right.',
    type: 'gauge',
    labels: [],
  },
  {
    name: 'sluice_spend_verified_timestamp_seconds',
    help: 'When the books of spend were last compared.',
    type: 'gauge',
    labels: [],
  },
] as const

/** Nothing before the first comparison. */
export function exposeSpend(
  last: { readonly drifts: readonly unknown[]; readonly at: number } | undefined,
): string {
  if (last === undefined) return ''
  const [drifts, at] = SPEND_METRICS
  return (
    new Family(drifts.name, drifts.help, drifts.type).sample({}, last.drifts.length).toString() +
    new Family(at.name, at.help, at.type).sample({}, last.at / 1000).toString()
  )
}
