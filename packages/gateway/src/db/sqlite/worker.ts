import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { SqlValue, WorkerFailure, WorkerOptions, WorkerReply, WorkerRequest } from './protocol.ts'

// The thread that owns the one SQLite connection. It imports nothing but Node, because it is loaded both from source
// and from its own bundle.

const STATEMENTS_KEPT = 200
/** Pages in the write-ahead log before it is folded back into the database file: about 4 MB. */
const CHECKPOINT_PAGES = 1000
/** Room for the pages that one batch of spend touches, in KiB: beyond, SQLite writes them twice. */
const CACHE_KIB = 8_192

function open(options: WorkerOptions): DatabaseSync {
  const database = new DatabaseSync(options.path, {
    timeout: options.busyTimeoutMs,
    enableForeignKeyConstraints: true,
  })
  database.exec('pragma journal_mode = wal')
  database.exec('pragma synchronous = full')
  database.exec(`pragma cache_size = -${CACHE_KIB}`)
  database.exec(`pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
  return database
}

function statementCache(database: DatabaseSync): (sql: string) => StatementSync {
  const kept = new Map<string, StatementSync>()
  return sql => {
    const known = kept.get(sql)
    if (known !== undefined) {
      kept.delete(sql)
      kept.set(sql, known)
      return known
    }
    const statement = database.prepare(sql)
    kept.set(sql, statement)
    const oldest = kept.keys().next().value
    if (kept.size > STATEMENTS_KEPT && oldest !== undefined) kept.delete(oldest)
    return statement
  }
}

function answer(
  database: DatabaseSync,
  prepare: (sql: string) => StatementSync,
  request: WorkerRequest,
): Omit<WorkerReply, 'id'> {
  switch (request.kind) {
    case 'query': {
      const statement = prepare(request.sql ?? '')
      const parameters = request.parameters ?? []
      if (statement.columns().length > 0) {
        return { rows: statement.all(...parameters) as Record<string, SqlValue>[] }
      }
      return { rows: [], changes: Number(statement.run(...parameters).changes) }
    }
    case 'each':
      return { unchanged: runEach(prepare(request.sql ?? ''), request.sets ?? []) }
    case 'begin':
      database.exec('begin immediate')
      return {}
    case 'commit':
      database.exec('commit')
      return {}
    case 'rollback':
      // SQLite may have rolled back by itself, for example when the disk was full.
      if (database.isTransaction) database.exec('rollback')
      return {}
    case 'close':
      database.close()
      return {}
  }
}

function runEach(statement: StatementSync, sets: readonly (readonly SqlValue[])[]): number[] {
  const unchanged: number[] = []
  for (const [index, set] of sets.entries()) {
    if (Number(statement.run(...set).changes) === 0) unchanged.push(index)
  }
  return unchanged
}

function facts(error: unknown): WorkerFailure {
  const { code, errcode, message } = error as { code?: unknown; errcode?: unknown; message?: unknown }
  return {
    code: typeof code === 'string' ? code : undefined,
    resultCode: typeof errcode === 'number' ? errcode : undefined,
    message: typeof message === 'string' ? message : String(error),
  }
}

function run(port: MessagePort): void {
  const database = open(workerData as WorkerOptions)
  const prepare = statementCache(database)
  port.on('message', (request: WorkerRequest) => {
    let reply: WorkerReply
    try {
      reply = { id: request.id, ...answer(database, prepare, request) }
    } catch (error) {
      reply = { id: request.id, error: facts(error) }
    }
    port.postMessage(reply)
    if (request.kind === 'close') port.close()
  })
}

if (parentPort !== null) run(parentPort)
