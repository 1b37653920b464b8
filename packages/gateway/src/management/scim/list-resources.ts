import type { AccountFilter } from '../../db/accounts/account-store.ts'
import type { AccountKind, AccountRow } from '../../db/rows.ts'
import { type Filter, matches, parseFilter } from './filter.ts'
import type { Resource } from './patch.ts'
import { scimError } from './scim-error.ts'

export interface ListQuery {
  readonly filter?: string | undefined
  /** 1-based. */
  readonly startIndex: number
  readonly count: number
}

export interface ListSource {
  readonly kind: AccountKind & ('user' | 'team')
  list(filter: AccountFilter): Promise<{ readonly rows: readonly AccountRow[]; readonly total: number }>
  resourcesOf(rows: readonly AccountRow[]): Promise<readonly Resource[]>
  /** Where a text may stand in the database, so that few rows are looked at. */
  candidates(path: string, value: string): readonly Partial<AccountFilter>[]
}

/** Resources that one filter may be tried on; more are refused with `tooMany`. */
const MOST_TRIED = 10_000
const PAGE = 500

/** One page of a list (RFC 7644 §3.4.2). */
export async function listResources(query: ListQuery, source: ListSource) {
  const { startIndex, count, filter } = query
  const from = startIndex - 1
  if (from + count > MOST_TRIED)
    throw scimError(400, `Only the first ${MOST_TRIED} can be paged through.`, 'tooMany')
  if (filter === undefined || filter.trim() === '') {
    const { rows, total } = await source.list({
      kind: source.kind,
      page: 1,
      size: Math.max(1, from + count),
      ...OLDEST,
    })
    return page(await source.resourcesOf(rows.slice(from, from + count)), total, startIndex)
  }
  const fitting = await filtered(parseFilter(filter), source)
  return page(fitting.slice(from, from + count), fitting.length, startIndex)
}

const OLDEST = { sortBy: 'created_at', sortOrder: 'asc' } as const

async function filtered(filter: Filter, source: ListSource): Promise<readonly Resource[]> {
  const { kind } = source
  if (filter.kind === 'compare' && filter.operator === 'eq' && typeof filter.value === 'string') {
    const found = new Map<string, AccountRow>()
    for (const wanted of source.candidates(filter.path, filter.value)) {
      const { rows } = await source.list({ ...wanted, kind, page: 1, size: PAGE })
      for (const row of rows) found.set(row.id, row)
    }
    const fitting = (await source.resourcesOf([...found.values()])).filter(each => matches(filter, each))
    if (fitting.length > 0) return fitting
  }
  const fitting: Resource[] = []
  for (let at = 1; ; at++) {
    const { rows, total } = await source.list({ kind, page: at, size: PAGE, ...OLDEST })
    if (total > MOST_TRIED)
      throw scimError(
        400,
        `There are more than ${MOST_TRIED}: filter by eq on id, userName or externalId.`,
        'tooMany',
      )
    fitting.push(...(await source.resourcesOf(rows)).filter(each => matches(filter, each)))
    if (rows.length < PAGE) return fitting
  }
}

function page(resources: readonly Resource[], total: number, startIndex: number) {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    ...{ totalResults: total, startIndex, itemsPerPage: resources.length },
    Resources: resources,
  }
}
