import { openDatabase } from '../../db/open-database.ts'
import { openLedger } from '../journal-ledger.ts'
import { callRecord } from './call-record.ts'

// Run as a process of its own by tests: posts calls as fast as it can and prints the id of each whose row is on disk,
// until it is killed. Arguments: data directory, prefix of the ids, milliseconds between batches to the database.
const [directory = '', prefix = '', flushMs = ''] = process.argv.slice(2)
const database = await openDatabase({ dataDirectory: directory, poolSize: 1 })
const ledger = await openLedger({ database, directory, flushMs: Number(flushMs) })
for (let n = 0; ; n++) {
  const posts = Array.from({ length: 20 }, async (_, i) => {
    const id = `${prefix}-${n * 20 + i}`
    await ledger.post(callRecord(id))
    return id
  })
  process.stdout.write(`${(await Promise.all(posts)).join('\n')}\n`)
}
