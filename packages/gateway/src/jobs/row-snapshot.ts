import type { AccountCache } from '../auth/account-cache.ts'
import type { KeyCache } from '../auth/key-cache.ts'
import {
  readSnapshot,
  type SnapshotPlace,
  SnapshotRefused,
  writeSnapshot,
} from '../auth/snapshot/snapshot-file.ts'
import type { Log } from '../db/log.ts'
import { type Job, repeat } from './repeat.ts'

export interface RowSnapshotOptions {
  readonly keys: KeyCache
  readonly accounts: AccountCache
  /** Undefined: nothing is kept, as with the embedded database. Asked each time: the master key may change. */
  readonly place: () => SnapshotPlace | undefined
  readonly maxStalenessMs: () => number
  readonly onError: (error: unknown) => void
  readonly log: Log
}

export interface RowSnapshot extends Job {
  /** Waits for the database at the start, for a moment; where it does not answer, takes in what was known before. */
  ready(withinMs: number): Promise<void>
  /** When the database had confirmed what this process lives on from before its start, ms; undefined once it answers. */
  livesOn(): number | undefined
  /** A sentence, while it does, or could not. */
  problem(): string | undefined
}

const EVERY_MS = 30_000

/**
 * Keeps what is known of keys and accounts in a file, so that a replica that starts while the database is down goes on
 * where it was. A file never makes a key live longer than it would have lived in memory.
 */
export function startRowSnapshot(options: RowSnapshotOptions): RowSnapshot {
  const { keys, accounts, log } = options
  let written = ''
  let livesOn: number | undefined
  let refused: string | undefined

  async function write(): Promise<void> {
    const place = options.place()
    const confirmed = keys.confirmedAt > 0 && accounts.confirmedAt > 0
    const known = [keys, accounts].map(rows => `${rows.confirmedAt} ${rows.generation}`).join()
    // While the database is away nothing is confirmed, and the file stays as old as its knowledge is.
    if (place === undefined || !confirmed || known === written) return
    const left = await writeSnapshot(place, { keys: keys.known(), accounts: accounts.known() })
    written = known
    if (left > 0) log.warn({ rows: left }, 'the snapshot of keys is full: the rest is not in it')
  }

  async function restore(): Promise<void> {
    const place = options.place()
    if (place === undefined) return
    const snapshot = await readSnapshot(place)
    if (snapshot === undefined) return
    const confirmedAt = Math.min(snapshot.keys.confirmedAt, snapshot.accounts.confirmedAt)
    const until = confirmedAt + options.maxStalenessMs()
    const facts = { of: isoTime(confirmedAt), until: isoTime(until), file: place.path }
    if (confirmedAt > Date.now() || until <= Date.now()) {
      log.warn(facts, 'the database does not answer, and the snapshot of keys is too old to be used')
      return
    }
    keys.restore(snapshot.keys)
    accounts.restore(snapshot.accounts)
    livesOn = confirmedAt
    log.warn({ ...facts, keys: keys.size }, 'the database does not answer: keys are known from the snapshot')
  }

  const job = repeat(write, { everyMs: EVERY_MS, onError: options.onError })
  const isConfirmed = () => keys.confirmedAt > 0 && accounts.confirmedAt > 0
  return {
    async ready(withinMs) {
      if (options.place() === undefined) return
      if (await answersWithin([keys.sync(), accounts.sync()], withinMs)) return
      try {
        await restore()
      } catch (error) {
        if (!(error instanceof SnapshotRefused)) throw error
        refused = error.message
        log.error({ reason: refused }, 'the snapshot of keys is refused')
      }
    },
    livesOn: () => (isConfirmed() ? undefined : livesOn),
    problem() {
      if (isConfirmed()) return undefined
      if (refused !== undefined) return `The snapshot of keys is refused: ${refused}.`
      if (livesOn === undefined) return undefined
      return `Keys are known from a snapshot of ${isoTime(livesOn)}; no others are.`
    },
    async stop() {
      await job.stop()
      await write().catch(options.onError)
    },
  }
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString()
}

/** Whether all succeed in time. */
function answersWithin(work: readonly Promise<void>[], ms: number): Promise<boolean> {
  return new Promise(resolve => {
    const timer = setTimeout(() => resolve(false), ms)
    Promise.all(work)
      .then(
        () => resolve(true),
        () => resolve(false),
      )
      .finally(() => clearTimeout(timer))
  })
}
