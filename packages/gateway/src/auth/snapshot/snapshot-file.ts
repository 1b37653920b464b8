import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import type { AccountRow, KeyRow, RetiredSecret } from '../../db/rows.ts'
import { VERSION } from '../../version.ts'
import type { KnownKeys } from '../key-cache.ts'
import type { KnownRows } from '../row-cache.ts'

/** What a replica knew of keys and accounts when it last asked the database. */
export interface Snapshot {
  readonly keys: KnownKeys
  readonly accounts: KnownRows<AccountRow>
}

/** Where a snapshot lies, and what makes it ours. */
export interface SnapshotPlace {
  readonly path: string
  /** Of the configuration: whoever does not know it cannot make a snapshot that is believed. */
  readonly secret: string
  /** Names the database the rows are of. */
  readonly database: string
}

/** Why a snapshot is not used. */
export class SnapshotRefused extends Error {}

type Line =
  | { readonly key: KeyRow }
  | { readonly account: AccountRow }
  | { readonly retired: RetiredSecret }
  | { readonly noAccount: string }

const FORMAT = 'sluice-snapshot-1'
/** Rows beyond are left out: a file that takes seconds to read helps nobody who waits for a start. */
export const MOST_BYTES = 64 * 1024 * 1024
/** Rows made into text before others get their turn on the event loop. */
const ROWS_AT_ONCE = 200

/**
 * Writes a snapshot in place of the one before, whole or not at all, for this user alone. Says how many lines were left
 * out because of the bound.
 */
export async function writeSnapshot(place: SnapshotPlace, snapshot: Snapshot): Promise<number> {
  const part = `${place.path}.${process.pid}.part`
  const file = await open(part, 'w', 0o600)
  let left = 0
  try {
    const mac = macOf(place)
    let bytes = 0
    const write = async (text: string) => {
      mac.update(text)
      bytes += Buffer.byteLength(text)
      await file.write(text)
    }
    await write(`${JSON.stringify(headOf(place, snapshot))}\n`)
    for (const text of chunksOf(snapshot)) {
      if (bytes + Buffer.byteLength(text) > MOST_BYTES) left++
      else await write(text)
    }
    await file.write(`${JSON.stringify({ mac: mac.digest('hex') })}\n`)
    await file.sync()
  } catch (error) {
    await rm(part, { force: true })
    throw error
  } finally {
    await file.close()
  }
  await rename(part, place.path)
  return left * ROWS_AT_ONCE
}

/**
 * Reads what `writeSnapshot` wrote; undefined when there is none.
 * @throws SnapshotRefused when it is torn, was altered, is of another database, master key or release.
 */
export async function readSnapshot(place: SnapshotPlace): Promise<Snapshot | undefined> {
  const size = await stat(place.path).then(
    found => found.size,
    () => undefined,
  )
  if (size === undefined) return undefined
  if (size > MOST_BYTES + 1024) throw new SnapshotRefused('it is larger than any that is written here')
  const text = await readFile(place.path, 'utf8')
  const end = text.lastIndexOf('\n', text.length - 2) + 1
  const body = text.slice(0, end)
  const said = parsed<{ mac?: unknown }>(text.slice(end)).mac
  const mac = macOf(place).update(body).digest()
  if (typeof said !== 'string' || !isEqual(Buffer.from(said, 'hex'), mac))
    throw new SnapshotRefused('it is torn, was altered, or is of another master key')
  const [head, ...lines] = body.split('\n').filter(line => line !== '')
  return snapshotOf(place, parsed(head ?? ''), lines)
}

interface Head {
  readonly format: string
  readonly version: string
  readonly database: string
  readonly keysAt: number
  readonly accountsAt: number
}

function headOf({ database }: SnapshotPlace, { keys, accounts }: Snapshot): Head {
  const times = { keysAt: keys.confirmedAt, accountsAt: accounts.confirmedAt }
  return { format: FORMAT, version: VERSION, database: fingerprint(database), ...times }
}

function snapshotOf({ database }: SnapshotPlace, head: Head, texts: readonly string[]): Snapshot {
  if (head.format !== FORMAT || head.version !== VERSION)
    throw new SnapshotRefused(`it is of another release (${head.version})`)
  if (head.database !== fingerprint(database)) throw new SnapshotRefused('it is of another database')
  const lines = texts.map(text => parsed<Line>(text))
  return {
    keys: {
      rows: lines.flatMap(line => ('key' in line ? [line.key] : [])),
      missing: [],
      retired: lines.flatMap(line => ('retired' in line ? [line.retired] : [])),
      confirmedAt: head.keysAt,
    },
    accounts: {
      rows: lines.flatMap(line => ('account' in line ? [line.account] : [])),
      missing: lines.flatMap(line => ('noAccount' in line ? [line.noAccount] : [])),
      confirmedAt: head.accountsAt,
    },
  }
}

/** The lines, some at a time; accounts first, because a key whose team was left out is of no use. */
function* chunksOf({ keys, accounts }: Snapshot): Iterable<string> {
  let lines: string[] = []
  for (const line of linesOf(keys, accounts)) {
    lines.push(`${JSON.stringify(line)}\n`)
    if (lines.length < ROWS_AT_ONCE) continue
    yield lines.join('')
    lines = []
  }
  yield lines.join('')
}

function* linesOf(keys: KnownKeys, accounts: KnownRows<AccountRow>): Iterable<Line> {
  for (const account of accounts.rows) yield { account }
  for (const noAccount of accounts.missing) yield { noAccount }
  for (const key of keys.rows) yield { key }
  for (const retired of keys.retired) yield { retired }
}

function macOf({ secret }: SnapshotPlace) {
  return createHmac('sha256', `${FORMAT}\0${secret}`)
}

function fingerprint(database: string): string {
  return createHash('sha256').update(database).digest('hex')
}

function isEqual(said: Buffer, wanted: Buffer): boolean {
  return said.length === wanted.length && timingSafeEqual(said, wanted)
}

function parsed<T>(text: string): T {
  try {
    return JSON.parse(text) as T
  } catch {
    throw new SnapshotRefused('it is torn')
  }
}
