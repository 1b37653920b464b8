import type { FastifyRequest } from 'fastify'
import { createError } from 'sluice/internal'
import type { SpendScope } from '../../../db/spend/reading/read-rows.ts'
import type { SpendSumsQuery } from '../../../db/spend/reading/read-sums.ts'
import { permitOf } from '../../protect-routes.ts'
import type { SpendServices } from '../spend-services.ts'

/** Whose spend somebody may see who may not see all of it; undefined: everything. */
export type Visible = SpendScope | undefined

/** Teams of the organizations that somebody runs; more of them than this are asked for by name. */
const MOST_TEAMS = 1_000

/** What the sender of a request may see: their own, and what their roles in teams and organizations show. */
export async function visibleTo(request: FastifyRequest, { database }: SpendServices): Promise<Visible> {
  const scope = await permitOf(request).scope()
  if (scope === 'any') return undefined
  const { userId, teamIds, organizationIds } = scope
  const teams =
    organizationIds.length === 0
      ? []
      : (await database.accounts.list({ kind: 'team', organizationIds, page: 1, size: MOST_TEAMS })).rows
  return {
    userIds: userId === undefined ? [] : [userId],
    teamIds: [...new Set([...teamIds, ...teams.map(({ id }) => id)])],
    organizationIds,
  }
}

/**
 * The same question, of what may be seen alone. Throws `PermissionDeniedError` when it names somebody else, so that
 * nobody takes an empty answer for one.
 */
export function narrowed(query: SpendSumsQuery, visible: Visible): SpendSumsQuery {
  if (visible === undefined) return query
  const ids = idsOf(visible, query.subject)
  const foreign = query.ids?.find(id => !ids.includes(id))
  if (foreign !== undefined)
    throw createError({
      kind: 'permission',
      message: `You may not see what ${query.subject} ${foreign} has spent.`,
    })
  return { ...query, ids: query.ids ?? ids }
}

function idsOf(
  { userIds, teamIds, organizationIds }: SpendScope,
  subject: SpendSumsQuery['subject'],
): readonly string[] {
  if (subject === 'user') return userIds
  if (subject === 'team') return teamIds
  return subject === 'organization' ? organizationIds : []
}
