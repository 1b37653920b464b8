import { type CallRecord, type Cost, SluiceError } from 'sluice/internal'
import type { CallOutcome } from '../report/tally.ts'
import type { ReplayedCall } from './fate.ts'

/** What became of a replayed call that is over. */
export function outcomeOf(record: CallRecord, { call }: ReplayedCall, now: number): CallOutcome {
  const { attempts, deployment, error } = record
  const isAnswered = record.status === 'success'
  const answer = isAnswered
    ? attempts.findLast(attempt => attempt.deploymentId === deployment?.id && attempt.error === undefined)
    : undefined
  const wasted = attempts.reduce((sum, attempt) => sum + (attempt === answer ? 0 : usdOf(attempt.cost)), 0)
  return {
    group: call.model,
    isAnswered,
    ms: now - record.startedAt,
    firstMs: record.firstTokenAt === undefined ? undefined : record.firstTokenAt - record.startedAt,
    attempts: attempts.length,
    fallbacks: record.fallbacks,
    costUsd: costOf(record, call),
    wastedUsd: wasted,
    ...(isAnswered &&
      deployment && {
        deployment: { id: deployment.id, provider: deployment.provider, model: deployment.model },
      }),
    ...(error && {
      failure: error.name,
      isRateLimited: error instanceof SluiceError && error.kind === 'rate_limit',
    }),
  }
}

/** What is charged by the piece costs what it cost, at the same model; what it costs elsewhere is not known. */
function costOf({ status, cost, deployment }: CallRecord, call: ReplayedCall['call']): number | null {
  if (call.byPiece !== true) return cost.state === 'unknown' ? null : usdOf(cost)
  if (status !== 'success') return 0
  const { provider, model } = call.deployment ?? {}
  return provider === deployment?.provider && model === deployment?.model ? call.spendUsd : null
}

function usdOf(cost: Cost | undefined): number {
  return cost?.state === 'known' ? cost.nanoUsd / 1e9 : 0
}
