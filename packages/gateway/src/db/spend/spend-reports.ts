import type { SpendSubject } from '../database.ts'
import type { ReportConnection } from '../report-connection.ts'
import { type CrossedQuery, readCrossed } from './reading/read-crossed.ts'
import {
  readBudgetDrift,
  readDayDrift,
  readFirstDay,
  readTotalDrift,
  type SpendDrift,
} from './reading/read-drift.ts'
import { readErrors, type SpendErrors, type SpendErrorsQuery } from './reading/read-errors.ts'
import { type KeyNames, readKeyNames } from './reading/read-names.ts'
import { readRows, type SpendPage, type SpendRowsQuery } from './reading/read-rows.ts'
import {
  countNames,
  readSums,
  type SpendDimension,
  type SpendSums,
  type SpendSumsQuery,
} from './reading/read-sums.ts'
import {
  readTagUse,
  readTagUsers,
  type TagUse,
  type TagUseQuery,
  type TagUsersPage,
} from './reading/read-tag-use.ts'
import { readTraces, type SpendTracesQuery, type TracesPage } from './reading/read-traces.ts'

/**
 * What reports read, over connections of their own: however long one takes, keys are looked up and calls are written
 * down meanwhile. Each rejects with `ServiceUnavailableError` when it takes longer than a report may.
 */
export interface SpendReports {
  /** Daily sums, by the dimensions asked for. Rejects with `BadRequestError` when there are too many to hold. */
  sums(query: SpendSumsQuery): Promise<readonly SpendSums[]>
  /** How many names sums have in one dimension. */
  count(query: Omit<SpendSumsQuery, 'by'>, of: SpendDimension): Promise<number>
  /** What a customer spent in a team, by day, key and model. */
  crossed(query: CrossedQuery): Promise<readonly SpendSums[]>
  /** What calls with each tag did, by day if asked so. */
  tagUse(query: TagUseQuery, byDay: boolean): Promise<readonly TagUse[]>
  /** Who made the calls with tags. */
  tagUsers(
    query: TagUseQuery,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<TagUsersPage>
  /** Names of keys by hash; a hash that nobody knows is left out. */
  keyNames(hashes: readonly string[]): Promise<ReadonlyMap<string, KeyNames>>
  /** Calls, newest first unless sorted otherwise. */
  rows(query: SpendRowsQuery): Promise<SpendPage>
  /** Calls that share a session or a trace, newest first, with what they cost together. */
  traces(query: SpendTracesQuery): Promise<TracesPage>
  /** Failed calls by day and model group or address, rate limits apart. */
  errors(query: SpendErrorsQuery): Promise<readonly SpendErrors[]>
  /** Where the daily sums of one day (`YYYY-MM-DD`) are not those of its rows. */
  dayDrift(day: string): Promise<readonly SpendDrift[]>
  /** Where all-time totals are not the sums of all days, of subjects that were active from a day on. */
  totalDrift(kind: SpendSubject, activeFrom: string): Promise<readonly SpendDrift[]>
  /** Where a budget's period begins beyond what was ever spent. */
  budgetDrift(): Promise<readonly SpendDrift[]>
  /** The first day of which there are sums or rows. */
  firstDay(): Promise<string | undefined>
}

export function createSpendReports(connection: ReportConnection): SpendReports {
  return {
    sums: query => connection.run(database => readSums(database, query)),
    count: (query, of) => connection.run(database => countNames(database, query, of)),
    crossed: query => connection.run(database => readCrossed(database, query)),
    tagUse: (query, byDay) => connection.run(database => readTagUse(database, query, byDay)),
    tagUsers: (query, page) => connection.run(database => readTagUsers(database, query, page)),
    keyNames: hashes => connection.run(database => readKeyNames(database, hashes)),
    rows: query => connection.run(database => readRows(database, query)),
    traces: query => connection.run(database => readTraces(database, query)),
    dayDrift: day => connection.run(database => readDayDrift(database, connection.dialect, day)),
    totalDrift: (kind, from) => connection.run(database => readTotalDrift(database, kind, from)),
    budgetDrift: () => connection.run(readBudgetDrift),
    firstDay: () => connection.run(readFirstDay),
    errors: query => connection.run(database => readErrors(database, query)),
  }
}
