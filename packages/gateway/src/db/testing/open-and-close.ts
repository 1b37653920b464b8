import { type OpenDatabaseOptions, openDatabase } from '../open-database.ts'

// Run as a process of its own by tests: opens the database, uses it, leaves.
const database = await openDatabase(JSON.parse(process.argv[2] ?? '') as OpenDatabaseOptions)
await database.facts.write('process', String(process.pid))
await database.close()
