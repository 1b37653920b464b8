import { type CompiledQuery, createQueryId, type RawNode } from 'kysely'
import type { SqlValue } from './protocol.ts'

/**
 * A statement to run once per set of parameters, all in one message to the worker. Its rows are `{ index }` of the sets
 * that changed nothing.
 */
export class EachQuery implements CompiledQuery<{ readonly index: number }> {
  readonly query: RawNode = { kind: 'RawNode', sqlFragments: [], parameters: [] }
  readonly queryId = createQueryId()
  readonly parameters: readonly unknown[] = []
  readonly sql: string
  readonly sets: readonly (readonly SqlValue[])[]

  constructor(sql: string, sets: readonly (readonly SqlValue[])[]) {
    this.sql = sql
    this.sets = sets
  }
}
