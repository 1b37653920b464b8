import type { FastifyRequest } from 'fastify'
import type { SpendSumsQuery } from '../../db/spend/read-sums.ts'

/** Whose spend somebody may see who may not see all of it. */
export interface Visible {
  readonly userIds: readonly string[]
  readonly teamIds: readonly string[]
  /** Hashes of own keys and of the keys of own teams. */
  readonly apiKeys: readonly string[]
}

/** Says what a request's sender may see; undefined: everything. */
export type VisibleTo = (request: FastifyRequest) => Promise<Visible | undefined>

/** The same question, of what may be seen alone. */
export function narrowed(query: SpendSumsQuery, visible: Visible | undefined): SpendSumsQuery {
  if (visible === undefined) return query
  const ids = idsOf(visible, query.subject)
  if (ids !== undefined) return { ...query, ids: query.ids?.filter(id => ids.includes(id)) ?? ids }
  const { apiKeys } = visible
  return { ...query, apiKeys: query.apiKeys?.filter(key => apiKeys.includes(key)) ?? apiKeys }
}

function idsOf(
  { userIds, teamIds }: Visible,
  subject: SpendSumsQuery['subject'],
): readonly string[] | undefined {
  if (subject === 'user') return userIds
  return subject === 'team' ? teamIds : undefined
}
