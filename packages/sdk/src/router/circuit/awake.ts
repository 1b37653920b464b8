import type { Candidate } from '../candidate.ts'
import type { CircuitBoard } from './circuit-board.ts'

/** Who of some candidates may be asked, as far as their circuits say. */
export interface Awake {
  /** The very same array when nobody rests. */
  readonly ready: readonly Candidate[]
  readonly resting: readonly Candidate[]
  /** One that the next request should try again. */
  readonly due: Candidate | undefined
  /** Milliseconds since the epoch until which this holds, unless a circuit changes. */
  readonly validUntil: number
}

/** True when neither the deployment nor its credential rests. */
export function isAwake({ state, credential }: Candidate, now: number): boolean {
  return state.circuit.admits(now) && credential.circuit.admits(now)
}

/** Reads every circuit. */
export function readAwake(candidates: readonly Candidate[], now: number): Awake {
  let ready: Candidate[] | undefined
  const resting: Candidate[] = []
  let due: Candidate | undefined
  let validUntil = Number.POSITIVE_INFINITY
  for (let index = 0; index < candidates.length; index++) {
    const candidate = candidates[index] as Candidate
    const { state, credential } = candidate
    if (state.circuit.isClosed && credential.circuit.isClosed) {
      ready?.push(candidate)
      continue
    }
    if (isAwake(candidate, now)) {
      due ??= candidate
      ready?.push(candidate)
      continue
    }
    ready ??= candidates.slice(0, index)
    resting.push(candidate)
    for (const { circuit } of [state, credential]) {
      const waitMs = circuit.phase(now) === 'open' ? circuit.waitMs(now) : Number.POSITIVE_INFINITY
      validUntil = Math.min(validUntil, now + waitMs)
    }
  }
  return { ready: ready ?? candidates, resting, due, validUntil }
}

/** The same, remembered between the changes: circuits change rarely, and are read for every call. */
export class AwakeMemory {
  private readonly board: CircuitBoard
  private readonly candidates: readonly Candidate[]
  private version = -1
  private known: Awake | undefined

  constructor(candidates: readonly Candidate[], board: CircuitBoard) {
    this.candidates = candidates
    this.board = board
  }

  read(now: number): Awake {
    if (this.known && this.version === this.board.version && now < this.known.validUntil) return this.known
    this.version = this.board.version
    this.known = readAwake(this.candidates, now)
    return this.known
  }
}
