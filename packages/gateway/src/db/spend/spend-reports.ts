import type { ReportConnection } from '../report-connection.ts'
import { type CrossedQuery, readCrossed } from './read-crossed.ts'
import { readErrors, type SpendErrors, type SpendErrorsQuery } from './read-errors.ts'
import { type KeyNames, readKeyNames } from './read-names.ts'
import { readRows, type SpendPage, type SpendRowsQuery } from './read-rows.ts'
import { readSums, type SpendSums, type SpendSumsQuery } from './read-sums.ts'
import { readTraces, type SpendTracesQuery, type TracesPage } from './read-traces.ts'

/**
 * What reports read, over connections of their own: however long one takes, keys are looked up and calls are written
 * down meanwhile. Each rejects with `ServiceUnavailableError` when it takes longer than a report may.
 */
export interface SpendReports {
  /** Daily sums, by the dimensions asked for. Rejects with `BadRequestError` when there are too many to hold. */
  sums(query: SpendSumsQuery): Promise<readonly SpendSums[]>
  /** What a customer spent in a team, by day, key and model. */
  crossed(query: CrossedQuery): Promise<readonly SpendSums[]>
  /** Names of keys by hash; a hash that nobody knows is left out. */
  keyNames(hashes: readonly string[]): Promise<ReadonlyMap<string, KeyNames>>
  /** Calls, newest first unless sorted otherwise. */
  rows(query: SpendRowsQuery): Promise<SpendPage>
  /** Calls that share a session or a trace, newest first, with what they cost together. */
  traces(query: SpendTracesQuery): Promise<TracesPage>
  /** Failed calls by day and model group or address, rate limits apart. */
  errors(query: SpendErrorsQuery): Promise<readonly SpendErrors[]>
}

export function createSpendReports(connection: ReportConnection): SpendReports {
  return {
    sums: query => connection.run(database => readSums(database, query)),
    crossed: query => connection.run(database => readCrossed(database, query)),
    keyNames: hashes => connection.run(database => readKeyNames(database, hashes)),
    rows: query => connection.run(database => readRows(database, query)),
    traces: query => connection.run(database => readTraces(database, query)),
    errors: query => connection.run(database => readErrors(database, query)),
  }
}
