import { randomBytes } from 'node:crypto'
import type { ResumeSettings } from '../config/settings.ts'
import { type Keeper, KeptStream } from './kept-stream.ts'
import type { RemoteStream } from './remote-stream.ts'
import type { SharedStreams } from './shared-streams.ts'
import type { StreamFacts } from './stream-facts.ts'

/**
 * The resumable streams of this process. At a bound the finished streams nobody reads are forgotten, those first that
 * the same key began, then those that ended first; where that is not enough a new stream is not resumable, and a running one keeps its newest events.
 */
export class KeptStreams implements Keeper {
  private readonly settings: () => ResumeSettings
  private readonly shared: SharedStreams | undefined
  private readonly streams = new Map<string, KeptStream>()
  /** In the order of their ends. */
  private readonly finished = new Map<KeptStream, NodeJS.Timeout>()
  private readonly openByKey = new Map<string, number>()
  private bytes = 0
  /** A stream was refused room because all together have none. */
  private isShort = false
  private isClosing = false

  /** `shared`: where other replicas find them, and theirs are found. */
  constructor(settings: () => ResumeSettings, shared?: SharedStreams) {
    this.settings = settings
    this.shared = shared
  }

  get graceMs(): number {
    return this.isClosing ? 0 : this.settings().graceMs
  }

  /** A new stream, or why there is none. `abandoned` is called when nobody came back for it in time. */
  open(facts: Omit<StreamFacts, 'id'>, abandoned: () => void): KeptStream | string {
    const { enabled, maxStreams, maxStreamsPerKey } = this.settings()
    if (!enabled || this.isClosing) return 'Resumable streams are switched off on this gateway.'
    const open = this.openByKey.get(facts.keyHash) ?? 0
    if (open >= maxStreamsPerKey) return `The key has ${open} resumable streams under way; more are not kept.`
    while (this.streams.size >= maxStreams)
      if (!this.forgetOldest(facts.keyHash))
        return 'The gateway has as many resumable streams under way as it may keep.'
    const id = randomBytes(16).toString('base64url')
    const stream = new KeptStream({ ...facts, id }, this, abandoned)
    this.streams.set(id, stream)
    this.openByKey.set(facts.keyHash, open + 1)
    this.shared?.share(stream)
    return stream
  }

  find(id: string): KeptStream | undefined {
    return this.streams.get(id)
  }

  /** One of another replica. Rejects with `ServiceUnavailableError` when nobody can tell. */
  async findElsewhere(id: string): Promise<RemoteStream | undefined> {
    return this.settings().enabled ? await this.shared?.find(id) : undefined
  }

  hasRoom({ log, facts }: KeptStream, more: number): boolean {
    const { maxStreamBytes, maxBytes } = this.settings()
    if (log.size + more > maxStreamBytes) return false
    while (this.bytes + more > maxBytes) {
      this.isShort = !this.forgetOldest(facts.keyHash)
      if (this.isShort) return false
    }
    return true
  }

  resized(bytes: number): void {
    this.bytes += bytes
  }

  async isReadElsewhere(stream: KeptStream): Promise<boolean> {
    return (await this.shared?.isReadElsewhere(stream)) ?? false
  }

  ended(stream: KeptStream): void {
    const { keyHash } = stream.facts
    const open = (this.openByKey.get(keyHash) ?? 1) - 1
    if (open === 0) this.openByKey.delete(keyHash)
    else this.openByKey.set(keyHash, open)
    const timer = setTimeout(() => this.forget(stream), this.settings().ttlMs)
    timer.unref()
    this.finished.set(stream, timer)
    if (this.isShort) for (const other of this.streams.values()) other.moved()
  }

  /** From now on nobody is waited for: what no client reads is given up at once, and so is what clients leave. */
  close(): void {
    this.isClosing = true
    for (const stream of this.streams.values()) stream.abandonIfAlone()
  }

  /** Resolves when other replicas have been told what was said last. */
  async closed(): Promise<void> {
    await this.shared?.close()
  }

  /** Of those the key itself began, where there are any: one busy key must not cost the others theirs. */
  private forgetOldest(keyHash: string): boolean {
    let oldest: KeptStream | undefined
    for (const stream of this.finished.keys()) {
      if (stream.readerCount > 0) continue
      oldest ??= stream
      if (stream.facts.keyHash !== keyHash) continue
      oldest = stream
      break
    }
    if (oldest) this.forget(oldest)
    return oldest !== undefined
  }

  private forget(stream: KeptStream): void {
    clearTimeout(this.finished.get(stream))
    this.finished.delete(stream)
    this.streams.delete(stream.facts.id)
    stream.forget()
    this.shared?.forget(stream)
  }
}
