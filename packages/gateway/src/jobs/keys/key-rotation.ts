import { hashKey, maskKey } from '../../auth/hash.ts'
import type { KeyCache } from '../../auth/key-cache.ts'
import type { RotationSettings } from '../../config/settings.ts'
import type { Database } from '../../db/database.ts'
import type { Log } from '../../db/log.ts'
import type { KeyRow } from '../../db/rows.ts'
import type { Audit } from '../../management/audit/audit-log.ts'
import { newSecret } from '../../management/keys/issue-key.ts'
import { keyObject } from '../../management/keys/key-json.ts'
import { rotationAfter } from '../../management/keys/rotate-key.ts'
import { dueAfter, graceEnd, NO_ROTATION } from '../../management/keys/rotation-fields.ts'
import { type Job, type RepeatOptions, repeat } from '../repeat.ts'

export interface KeyRotationOptions {
  readonly database: Pick<Database, 'keys' | 'leases'>
  readonly keys: Pick<KeyCache, 'rotated'>
  readonly audit: Audit
  readonly settings: () => RotationSettings
  /** Delivers an event; rejects unless it was taken (2xx). */
  readonly deliver: (webhook: NonNullable<RotationSettings['webhook']>, event: object) => Promise<void>
  readonly randomBytes: (size: number) => Uint8Array
  /** Names this process among the replicas. */
  readonly replica: string
  readonly log: Log
  readonly now?: () => number
}

/** Longer than the delivery of one key may take; a replica that dies hands the job over after it. */
const LEASE_MS = 60_000
/** Keys of one run; the rest waits for the next. */
const BATCH = 500
/** A secret that nobody took is followed by another: after five minutes, then twice as long each time, up to a day. */
const RETRY_MS = 300_000
const MOST_RETRY_MS = 86_400_000
/** What the books of an ended secret may still be waiting for. */
const FORGET_AFTER_MS = 30 * 86_400_000

/** Rotates keys with `auto_rotate` that are due, on one replica at a time. */
export function startKeyRotation(options: KeyRotationOptions & Omit<RepeatOptions, 'everyMs'>): Job {
  const { onError, timers } = options
  return repeat(() => rotateDueKeys(options), { everyMs: () => options.settings().checkMs, onError, timers })
}

/** One run; returns how many new secrets were taken. Rejects with `ServiceUnavailableError`. */
export async function rotateDueKeys(options: KeyRotationOptions): Promise<number> {
  const { database, settings, now = Date.now } = options
  if (!(await hasLease(options))) return 0
  while ((await database.keys.foldRetired(now() - FORGET_AFTER_MS)) > 0);
  const { isOn, webhook } = settings()
  // Nobody is there to receive a new secret: the old one goes on.
  if (!isOn || webhook === undefined) return 0
  let taken = 0
  for (const row of await database.keys.dueForRotation(now(), BATCH)) {
    if (!(await hasLease(options))) break
    if (await rotateOne(options, webhook, row)) taken++
  }
  return taken
}

function hasLease({ database, replica, now = Date.now }: KeyRotationOptions): Promise<boolean> {
  return database.leases.take('key_rotation', replica, now(), now() + LEASE_MS)
}

/**
 * First the new secret works beside the old one, without end; then it is delivered; and only when it was taken does the
 * old one get its end. So nobody is ever locked out by a delivery that failed.
 */
async function rotateOne(
  options: KeyRotationOptions,
  webhook: NonNullable<RotationSettings['webhook']>,
  { tokenHash }: KeyRow,
): Promise<boolean> {
  const { keys, settings, deliver, randomBytes, log, now = Date.now } = options
  const secret = newSecret(randomBytes)
  const rotated = await exchange(options, tokenHash, secret)
  if (rotated === undefined) return false
  const { after, retired } = rotated
  keys.rotated(after, retired)
  const grace = after.rotation?.grace ?? settings().grace
  try {
    await deliver(webhook, eventOf(after, secret, tokenHash, grace, now()))
  } catch (error) {
    const facts = { key: after.keyName, alias: after.keyAlias, reason: (error as Error).message }
    log.error(facts, 'a rotated key could not be delivered; its earlier secret goes on working')
    return false
  }
  await conclude(options, after, graceEnd(grace, now()))
  return true
}

/** The new secret in place of the old, which goes on without end. Undefined when it is not due any more. */
async function exchange(
  { database, audit, now = Date.now }: KeyRotationOptions,
  hash: string,
  secret: string,
) {
  const time = now()
  return await audit.together(async () => {
    const before = await database.keys.find(hash)
    const dueAt = before?.rotation?.dueAt
    if (before === undefined || dueAt == null || dueAt > time) return undefined
    const isIdle = before.blocked || (before.expiresAt !== null && before.expiresAt <= time)
    const { rotation = NO_ROTATION } = before
    const retryAt = time + Math.min(RETRY_MS * 2 ** rotation.failures, MOST_RETRY_MS)
    if (isIdle) {
      await database.keys.update(hash, { rotation: { ...rotation, dueAt: retryAt }, updatedAt: time })
      return undefined
    }
    const failures = rotation.failures + 1
    const after = await database.keys.replaceHash({
      ...{ oldHash: hash, newHash: hashKey(secret), keyName: maskKey(secret), now: time, endsAt: null },
      changes: { rotation: { ...rotationAfter(before, time), dueAt: retryAt, failures } },
      by: ACTOR,
    })
    const retired = await database.keys.findRetired(hash)
    if (after === undefined || retired === undefined) return undefined
    await audit.record({
      ...{ action: 'rotated', table: 'LiteLLM_VerificationToken', objectId: hash, actor: ACTOR },
      ...{ before: keyObject(before), after: keyObject(after) },
    })
    return { after, retired }
  })
}

const ACTOR = 'key_rotation'

/** The secret was taken: what came before it ends. */
async function conclude(
  { database, keys, now = Date.now }: KeyRotationOptions,
  { tokenHash, rotation = NO_ROTATION }: KeyRow,
  endsAt: number,
): Promise<void> {
  const time = now()
  const dueAt = rotation.isAutomatic ? dueAfter(rotation.interval, time) : null
  const row = await database.keys.update(tokenHash, {
    ...{ rotation: { ...rotation, dueAt, failures: 0 }, updatedAt: time },
  })
  if (row === undefined) return
  await database.keys.endRetired(tokenHash, endsAt, row.updatedAt)
  for (const retired of await database.keys.retiredOf(tokenHash)) keys.rotated(row, retired)
}

/** LiteLLM's `key_rotated`, with the one thing its receiver needs besides: the new key. */
function eventOf(row: KeyRow, key: string, previous: string, grace: string | undefined, now: number) {
  return {
    event: 'key_rotated',
    event_group: 'key',
    event_message:
      'A virtual key was rotated. Answer 2xx once you have kept `key`: then the grace period begins.',
    ...{
      key,
      token: row.tokenHash,
      previous_token: previous,
      key_name: row.keyName,
      key_alias: row.keyAlias,
    },
    ...{ user_id: row.userId, team_id: row.teamId, organization_id: row.organizationId },
    rotation_count: row.rotation?.count ?? 0,
    grace_period: grace ?? null,
    rotated_at: new Date(now).toISOString(),
  }
}
