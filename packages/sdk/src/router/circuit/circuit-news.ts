import type { News, Newswire } from '../news/newswire.ts'
import type { Circuit } from './circuit.ts'
import type { CircuitTeller } from './circuit-board.ts'

const TOPIC = 'circuit'
/** The longest rest that is believed. */
const LONGEST_REST_MS = 86_400_000
/** For how long it is remembered that a circuit was closed, at least: a replica that was cut off hears it then. */
const CLOSED_MS = 60_000
/** While one replica tries a deployment out, the others wait for what it finds, up to this. */
const PROBE_MS = 10_000
/**
 * Who opened a circuit tries it out first. The others wait longer by a share of the rest, of at most its first 20
 * seconds, each by another one, so that they do not come all at once where the first has no calls.
 */
const EXTRA = { least: 0.1, most: 0.3, ofMs: 20_000 }
/** What may lie at the replica that met it: not believed where the deployment answered in the last seconds. */
const ON_THE_WAY: ReadonlySet<string> = new Set([
  'APIConnectionError',
  'APITimeoutError',
  'TruncatedStreamError',
])
const ANSWERED_LATELY_MS = 10_000
/** News about circuits that this replica does not have, or not yet; beyond it the oldest is forgotten. */
const MOST_UNKNOWN = 5_000

export interface CircuitNewsHost {
  readonly news: Newswire
  readonly now: () => number
  readonly random: () => number
  /** The circuit of that key, if this replica has it. */
  find(key: string): Circuit | undefined
}

/** Tells the other replicas which circuits open and close here, and opens and closes those they tell of. */
export class CircuitNews implements CircuitTeller {
  readonly wire: Newswire
  private readonly host: CircuitNewsHost
  /** By key, with the end of it on this replica's clock. */
  private readonly unknown = new Map<string, { readonly news: News; readonly until: number }>()
  private readonly unsubscribe: () => void

  constructor(host: CircuitNewsHost) {
    this.host = host
    this.wire = host.news
    this.unsubscribe = this.wire.subscribe(TOPIC, news => this.heard(news))
  }

  opened({ key, reason }: Circuit, restMs: number): void {
    this.wire.publish({ topic: TOPIC, key, value: { reason }, ttlMs: restMs })
  }

  closed({ key }: Circuit, restMs: number): void {
    this.wire.publish({ topic: TOPIC, key, value: null, ttlMs: Math.max(restMs, CLOSED_MS) })
  }

  probed({ key, reason }: Circuit): void {
    this.wire.publish({ topic: TOPIC, key, value: { reason, probe: true }, ttlMs: PROBE_MS })
  }

  /** A circuit that is new here may have been told of before. */
  created(circuit: Circuit): void {
    const told = this.unknown.get(circuit.key)
    if (told === undefined) return
    this.unknown.delete(circuit.key)
    const ttlMs = told.until - this.host.now()
    if (ttlMs > 0) this.apply(circuit, { ...told.news, ttlMs })
  }

  /** From now on nothing is heard. */
  close(): void {
    this.unsubscribe()
  }

  private heard(news: News): void {
    const circuit = this.host.find(news.key)
    if (circuit !== undefined) return this.apply(circuit, news)
    this.unknown.delete(news.key)
    if (news.value === null) return
    this.unknown.set(news.key, { news, until: this.host.now() + news.ttlMs })
    if (this.unknown.size > MOST_UNKNOWN) this.forgetOldest()
  }

  private apply(circuit: Circuit, { value, ttlMs }: News): void {
    const now = this.host.now()
    if (value === null) return circuit.hearClosed()
    if (value['probe'] === true) return circuit.hearProbe(Math.min(ttlMs, PROBE_MS), now)
    const reason = String(value['reason']).slice(0, 100)
    if (ON_THE_WAY.has(reason) && now - circuit.answeredAt < ANSWERED_LATELY_MS) return
    const restMs = Math.min(ttlMs, LONGEST_REST_MS)
    const share = EXTRA.least + (EXTRA.most - EXTRA.least) * this.host.random()
    circuit.hearOpened(restMs, Math.min(restMs, EXTRA.ofMs) * share, reason, now)
  }

  private forgetOldest(): void {
    const { value: oldest } = this.unknown.keys().next()
    if (oldest !== undefined) this.unknown.delete(oldest)
  }
}
