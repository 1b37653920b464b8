import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type FileLock, lockFile } from '../../db/sqlite/file-lock.ts'
import { Journal, type JournalOptions } from './journal.ts'

export interface Journals {
  /** The one this process appends to. */
  readonly own: Journal
  /** Left by processes that died; to be replayed and removed. */
  readonly orphans: readonly Journal[]
}

const PREFIX = 'journal-'

/**
 * Opens the journals under a directory that several processes may share: each `journal-<id>` belongs to whoever holds
 * its lock, and the operating system frees the locks of the dead. Whatever nobody holds is adopted.
 */
export async function openJournals(directory: string, options: JournalOptions): Promise<Journals> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const adopted: Journal[] = []
  for (const name of (await readdir(directory)).sort()) {
    if (!name.startsWith(PREFIX)) continue
    const journal = await adopt(join(directory, name), options)
    if (journal === undefined) continue
    adopted.push(journal)
    if (journal.pending > 0) {
      options.log.info(
        { journal: name, rows: journal.pending },
        'spend rows left by an earlier process are replayed',
      )
    }
  }
  const [own, ...orphans] = adopted
  return { own: own ?? (await create(directory, options)), orphans }
}

async function adopt(directory: string, options: JournalOptions): Promise<Journal | undefined> {
  let lock: FileLock | undefined
  try {
    lock = lockFile(join(directory, 'lock'))
  } catch (error) {
    // Its process replayed it and removed it just now.
    if (!existsSync(directory)) return undefined
    throw error
  }
  if (lock === undefined) return undefined
  try {
    return await Journal.open(directory, lock, options)
  } catch (error) {
    lock.release()
    throw error
  }
}

async function create(root: string, options: JournalOptions): Promise<Journal> {
  const directory = join(root, `${PREFIX}${randomBytes(6).toString('hex')}`)
  await mkdir(directory, { mode: 0o700 })
  const journal = await adopt(directory, options)
  // Another process that starts right now may have seen the new directory and adopted it.
  return journal ?? (await create(root, options))
}
