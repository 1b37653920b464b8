import { type AuditEntry, GENESIS_HASH, hashOfEntry } from './audit-entry.ts'
import type { AuditStore } from './audit-store.ts'
import { type ChainEnds, CUT_TABLE } from './chain.ts'

export interface ChainVerdict {
  /** Entries that were read and found whole. */
  readonly entries: number
  /** Where the kept chain begins: entries up to this one were cut away by retention. */
  readonly startSequence: number
  readonly headSequence: number
  readonly headHash: string
  /** The first thing that is wrong; absent when all is well. */
  readonly broken?: Break
}

export interface Break {
  readonly sequence: number
  /** The entry at fault, or the one after the gap; absent where there is none. */
  readonly id?: string
  readonly why: string
}

/** Entries in memory at a time. */
const PAGE = 1_000
/** The chain may be cut while it is read; more often than this, nobody cuts that often. */
const MOST_RESTARTS = 5

type Chain = Pick<AuditStore, 'after' | 'chain'>

/**
 * Reads the whole chain, a page at a time, and says whether anything was altered, removed, reordered or added by other
 * hands. Gateways may go on appending meanwhile. `expected`: the hash of an entry that was written down elsewhere.
 */
export async function verifyChain(store: Chain, expected?: string): Promise<ChainVerdict> {
  for (let attempt = 1; ; attempt++) {
    const before = (await store.chain()) ?? EMPTY
    const verdict = await walk(store, before, expected)
    const after = (await store.chain()) ?? EMPTY
    if (verdict.broken === undefined || after.startSequence === before.startSequence) return verdict
    if (attempt === MOST_RESTARTS) return verdict
  }
}

const EMPTY: ChainEnds = {
  startSequence: 0,
  startHash: GENESIS_HASH,
  headSequence: 0,
  headHash: GENESIS_HASH,
}

async function walk(store: Chain, start: ChainEnds, expected: string | undefined): Promise<ChainVerdict> {
  const state = { sequence: start.startSequence, hash: start.startHash, entries: 0 }
  let isSigned = start.startSequence === 0
  let isFound = expected === undefined || expected === start.startHash
  const verdict = (broken?: Break): ChainVerdict => ({
    ...{ entries: state.entries, startSequence: start.startSequence },
    ...{ headSequence: state.sequence, headHash: state.hash },
    ...(broken && { broken }),
  })
  while (true) {
    const page = await store.after(state.entries === 0 ? -1 : state.sequence, PAGE)
    for (const entry of page) {
      const why = faultOf(entry, state)
      if (why !== undefined) return verdict({ sequence: entry.sequence, id: entry.id, why })
      isSigned ||= signs(entry, start)
      isFound ||= entry.hash === expected
      Object.assign(state, { sequence: entry.sequence, hash: entry.hash, entries: state.entries + 1 })
    }
    if (page.length > 0) continue
    const head = (await store.chain()) ?? EMPTY
    // Somebody appended since the last page was read, or the newest entries are gone: the next page tells.
    if (head.headSequence > state.sequence && (await store.after(state.sequence, 1)).length > 0) continue
    return verdict(faultOfEnds(head, state) ?? faultOfBeginning(isSigned, isFound, start, expected))
  }
}

interface Place {
  readonly sequence: number
  readonly hash: string
}

function faultOf(entry: AuditEntry, previous: Place): string | undefined {
  const wanted = previous.sequence + 1
  if (entry.sequence > wanted)
    return entry.sequence === wanted + 1
      ? `entry ${wanted} before it is missing`
      : `entries ${wanted} to ${entry.sequence - 1} before it are missing`
  if (entry.sequence < wanted) return 'it stands before the beginning of the chain: nobody appended it'
  if (hashOfEntry(entry) !== entry.hash) return 'its content was altered: it does not have the hash it had'
  if (entry.previousHash !== previous.hash)
    return 'it does not follow the entry before it: one of the two was replaced'
  return undefined
}

function faultOfEnds(head: ChainEnds, last: Place): Break | undefined {
  const { headSequence, headHash } = head
  if (headSequence > last.sequence)
    return {
      sequence: last.sequence + 1,
      why: `the newest entries are missing: the chain has ${headSequence}, the last one found is ${last.sequence}`,
    }
  if (headSequence < last.sequence)
    return {
      sequence: headSequence + 1,
      why: `the chain ends at entry ${headSequence}: what stands behind it was not appended by a gateway`,
    }
  if (headHash === last.hash) return undefined
  return { sequence: headSequence, why: 'the chain ended with another entry: the last one was replaced' }
}

function faultOfBeginning(
  isSigned: boolean,
  isFound: boolean,
  start: ChainEnds,
  expected: string | undefined,
): Break | undefined {
  if (!isSigned)
    return {
      sequence: start.startSequence + 1,
      why: `entries up to ${start.startSequence} were removed, and no entry says that retention did it`,
    }
  if (isFound) return undefined
  return {
    sequence: start.startSequence + 1,
    why: `no entry has the expected hash ${expected}: the chain was rewritten, or cut beyond that entry by retention`,
  }
}

/** True for the entry that says the chain was cut here. */
function signs({ tableName, action, beforeValue }: AuditEntry, start: ChainEnds): boolean {
  if (tableName !== CUT_TABLE || action !== 'deleted' || beforeValue === null) return false
  return beforeValue.endsWith(`"to_sequence":${start.startSequence},"last_hash":"${start.startHash}"}`)
}
