import { badRequest, momentAfter } from 'sluice/internal'
import type { KeyRotation, KeyRow } from '../../db/rows.ts'
import { DURATION_RULE, isoTime } from '../limit-fields.ts'
import type { ChangeContext, KeyFields } from './key-changes.ts'

/** How a key that nobody said anything about comes to new secrets. */
export const NO_ROTATION: KeyRotation = {
  isAutomatic: false,
  interval: null,
  grace: null,
  dueAt: null,
  count: 0,
  lastAt: null,
  firstHash: null,
  failures: 0,
}

/**
 * What a body says of a key's rotation. Throws `BadRequestError`: among others where a key would be rotated with nobody
 * there to receive its new secret.
 */
export function rotationChange(
  body: KeyFields,
  row: KeyRow | undefined,
  { now, canDeliver }: Pick<ChangeContext, 'now' | 'canDeliver'>,
): Pick<KeyRow, 'rotation'> {
  const { auto_rotate: automatic, rotation_interval: wanted, grace_period: grace } = body
  if (automatic === undefined && wanted === undefined && grace === undefined) return {}
  const before = row?.rotation ?? NO_ROTATION
  const interval = wanted === undefined ? before.interval : wanted || null
  const isAutomatic = automatic === undefined ? before.isAutomatic : automatic === true
  if (interval !== null) checkDuration(interval, 'rotation_interval')
  if (grace) checkDuration(grace, 'grace_period')
  if (isAutomatic && interval === null)
    throw badRequest(
      'rotation_interval: must say how often a key with auto_rotate is rotated, such as 30d.',
      'rotation_interval',
    )
  if (isAutomatic && !before.isAutomatic && !canDeliver) throw nobodyReceives()
  const isSame = isAutomatic === before.isAutomatic && interval === before.interval
  const dueAt = isSame ? before.dueAt : isAutomatic ? dueAfter(interval, now) : null
  const rotation: KeyRotation = {
    ...before,
    ...{ isAutomatic, interval, dueAt, grace: grace === undefined ? before.grace : grace || null },
  }
  return { rotation }
}

/** When a key is due that gets a new secret now. */
export function dueAfter(interval: string | null, now: number): number | null {
  return interval === null ? null : (momentAfter(interval, now) ?? null)
}

/** When the old secret ends; `period` as a request or the configuration has it. Throws `BadRequestError`. */
export function graceEnd(period: string | null | undefined, now: number): number {
  if (period == null || period === '') return now
  checkDuration(period, 'grace_period')
  return momentAfter(period, now) ?? now
}

/** Rotation in LiteLLM's names. */
export function rotationAnswer({ rotation = NO_ROTATION }: KeyRow) {
  return {
    auto_rotate: rotation.isAutomatic,
    rotation_interval: rotation.interval,
    rotation_count: rotation.count,
    last_rotation_at: isoTime(rotation.lastAt),
    key_rotation_at: isoTime(rotation.dueAt),
  }
}

function checkDuration(text: string, field: string): void {
  if ((momentAfter(text, 0) ?? 0) > 0) return
  throw badRequest(`${field}: ${DURATION_RULE}, and more than nothing.`, field)
}

function nobodyReceives() {
  return badRequest(
    'auto_rotate: nobody would receive the new key. Set WEBHOOK_URL, where each new secret is delivered, or rotate ' +
      'with POST /key/regenerate, which answers it.',
    'auto_rotate',
  )
}
