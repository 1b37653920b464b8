import type { DatabaseCondition } from '../db/heartbeat.ts'
import { Family } from './exposition.ts'

/** What is told of the database and of what is known without it. */
export interface DatabaseCounts {
  readonly database: { condition(): DatabaseCondition }
  readonly snapshot: { livesOn(): number | undefined }
}

/** The same in Prometheus's text format. */
export function exposeDatabase({ database, snapshot }: DatabaseCounts): string {
  const { state, answerMs } = database.condition()
  const isUp = state === 'disconnected' ? 0 : 1
  const livesOn = snapshot.livesOn()
  const age = livesOn === undefined ? 0 : (Date.now() - livesOn) / 1_000
  return [
    new Family('sluice_database_up', 'Whether the database answers.', 'gauge').sample({}, isUp),
    new Family('sluice_database_answer_seconds', 'Its answer to the simplest question.', 'gauge').sample(
      {},
      answerMs / 1_000,
    ),
    new Family(
      'sluice_key_snapshot_age_seconds',
      'Age of the snapshot that keys are known from; 0 while the database confirms them.',
      'gauge',
    ).sample({}, age),
  ].join('')
}
