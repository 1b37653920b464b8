import { sql } from 'kysely'
import type { Database } from '../../packages/gateway/src/db/database.ts'
import { connectionOf } from '../../packages/gateway/src/db/open-database.ts'
import { totalCpuSeconds } from '../measure/cpu.ts'
import { read } from '../measure/process-tree.ts'

/** Processor seconds so far of this process, and of a PostgreSQL on this machine; SQLite's are this process's. */
export async function processorOf(database: Database): Promise<() => { own: number; server: number }> {
  const server = database.dialect === 'postgres' ? await serverOf(database) : undefined
  return () => {
    const { user, system } = process.cpuUsage()
    return {
      own: (user + system) / 1e6,
      server: server === undefined ? 0 : totalCpuSeconds(server),
    }
  }
}

/** The process that started the one which answers. */
async function serverOf(database: Database): Promise<number | undefined> {
  const { rows } = await connectionOf(database).run(kysely =>
    sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(kysely),
  )
  const stat = read(`/proc/${rows[0]?.pid}/stat`)
  const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  return read(`/proc/${parent}/comm`).startsWith('postgres') ? parent : undefined
}
