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
  const { keys, accounts } = options
  const isConfirmed = () => keys.confirmedAt > 0 && accounts.confirmedAt > 0
  const write = writer(options, isConfirmed)
  const job = repeat(write, { everyMs: EVERY_MS, onError: options.onError })
  let livesOn: number | undefined
  let refused: string | undefined
  return {
    async ready(withinMs) {
      if (options.place() === undefined) return
      if (await answersWithin([keys.sync(), accounts.sync()], withinMs)) return
      try {
        livesOn = await restore(options)
      } catch (error) {
        if (!(error instanceof SnapshotRefused)) throw error
        refused = error.message
        options.log.error({ reason: refused }, 'the snapshot of keys is refused')
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

/** Writes what is known when it is not what was written; nothing while the database confirms nothing. */
function writer({ keys, accounts, place, log }: RowSnapshotOptions, isConfirmed: () => boolean) {
  let written = ''
  return async () => {
    const there = place()
    const known = [keys, accounts].map(rows => `${rows.confirmedAt} ${rows.generation}`).join()
    if (there === undefined || !isConfirmed() || known === written) return
    const left = await writeSnapshot(there, { keys: keys.known(), accounts: accounts.known() })
    written = known
    if (left > 0) log.warn({ rows: left }, 'the snapshot of keys is full: the rest is not in it')
  }
}

/** When the database confirmed what was taken in. */
async function restore(options: RowSnapshotOptions): Promise<number | undefined> {
  const { keys, accounts, log } = options
  const place = options.place()
  const snapshot = place && (await readSnapshot(place))
  if (!snapshot) return undefined
  const confirmedAt = Math.min(snapshot.keys.confirmedAt, snapshot.accounts.confirmedAt)
  const until = confirmedAt + options.maxStalenessMs()
  const facts = { of: isoTime(confirmedAt), until: isoTime(until), file: place.path }
  if (confirmedAt > Date.now() || until <= Date.now()) {
    log.warn(facts, 'the database does not answer, and the snapshot of keys is too old to be used')
    return undefined
  }
  keys.restore(snapshot.keys)
  accounts.restore(snapshot.accounts)
  log.warn({ ...facts, keys: keys.size }, 'the database does not answer: keys are known from the snapshot')
  return confirmedAt
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
