import { refused, type Wish } from './wish.ts'

/**
 * Admins of teams and organizations, and whoever makes keys in a team, put in the name of a member or their own: a key
 * spends a user's budget. An organization's admin may name members of the organization in any of its teams.
 */
export function membersOnly({ caller, reach, before, after, holders }: Wish): void {
  const { userId, teamId } = after
  if (userId === null || userId === caller.record.userId) return
  const isMoved =
    before === undefined ||
    before.userId !== userId ||
    before.teamId !== teamId ||
    before.organizationId !== after.organizationId
  if (!isMoved) return
  const { member, organizationMember } = holders
  if (teamId !== null && member !== undefined) return
  if ((teamId === null || reach === 'organization') && organizationMember !== undefined) return
  const where = teamId === null ? 'the organization' : `the team ${teamId}`
  throw refused('user_id', `'${userId}' is no member of ${where}, so the key must not be theirs`)
}
