import { momentAfter } from 'sluice/internal'
import type { AccountRow, KeyRow } from '../../../db/rows.ts'
import { refused } from './wish.ts'

interface Lasting {
  readonly duration?: string | null | undefined
}

/** A new key in a member's name ends when the team says (`team_member_key_duration`), where nobody says otherwise. */
export function withMemberDuration<B extends Lasting>(body: B, team: AccountRow | undefined): B {
  const duration = durationOf(team)
  return body.duration === undefined && duration !== undefined ? { ...body, duration } : body
}

/**
 * Whoever is below the admin of the gateway lets a key in a member's name last no longer than the team says. Throws
 * `PermissionDeniedError`.
 */
export function checkMemberDuration(
  before: KeyRow | undefined,
  after: KeyRow,
  team: AccountRow | undefined,
  now: number,
): void {
  const duration = durationOf(team)
  if (duration === undefined || after.userId === null) return
  const isAsBefore =
    before?.expiresAt === after.expiresAt && before.teamId === after.teamId && before.userId !== null
  if (isAsBefore) return
  if (after.expiresAt !== null && after.expiresAt <= (momentAfter(duration, now) ?? Infinity)) return
  throw refused('duration', `keys of members of the team ${after.teamId} last ${duration} at most`)
}

function durationOf(team: AccountRow | undefined): string | undefined {
  const duration = team?.details['team_member_key_duration']
  return typeof duration === 'string' && duration !== '' ? duration : undefined
}
