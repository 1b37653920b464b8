import { createReadStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { LoggedCall } from './logged-call.ts'

/** Calls in memory at one time; more go to disk, sorted, in a directory that only this user may read. */
const RUN = 50_000

/**
 * Calls in the order of their beginnings, however they came: what fits stays in memory, the rest lies in sorted files
 * that are merged while they are read. Holds no prompts and no keys.
 */
export class CallSpool {
  size = 0
  /** Milliseconds since the epoch: when the first call began, and the last one ended. */
  from = Number.POSITIVE_INFINITY
  to = Number.NEGATIVE_INFINITY
  private calls: LoggedCall[] = []
  private isSorted = true
  private readonly files: string[] = []
  private directory: string | undefined
  private readonly run: number

  constructor(run: number = RUN) {
    this.run = run
  }

  /** Takes a call in; waits for the disk now and then. */
  async add(call: LoggedCall): Promise<void> {
    const last = this.calls.at(-1)
    if (last && last.at > call.at) this.isSorted = false
    this.calls.push(call)
    this.size++
    this.from = Math.min(this.from, call.at)
    this.to = Math.max(this.to, call.at + call.durationMs)
    if (this.calls.length >= this.run) await this.write()
  }

  /** The calls, first begun first. May be read as often as one likes, once all are in. */
  async *read(): AsyncGenerator<LoggedCall> {
    const runs = [...this.files.map(linesOf), this.sorted()[Symbol.iterator]()]
    if (runs.length === 1) {
      yield* this.sorted()
      return
    }
    const heads = await Promise.all(runs.map(async run => ({ run, next: await run.next() })))
    for (;;) {
      let first: (typeof heads)[number] | undefined
      for (const head of heads)
        if (
          !head.next.done &&
          (first === undefined || head.next.value.at < (first.next.value as LoggedCall).at)
        )
          first = head
      if (first === undefined) return
      yield first.next.value as LoggedCall
      first.next = await first.run.next()
    }
  }

  /** Removes what lies on disk. */
  async close(): Promise<void> {
    if (this.directory !== undefined) await rm(this.directory, { recursive: true, force: true })
  }

  private sorted(): readonly LoggedCall[] {
    if (!this.isSorted) this.calls.sort((a, b) => a.at - b.at)
    this.isSorted = true
    return this.calls
  }

  private async write(): Promise<void> {
    this.directory ??= await mkdtemp(join(tmpdir(), 'sluice-simulate-'))
    const file = join(this.directory, `${this.files.length}.jsonl`)
    await writeFile(
      file,
      this.sorted()
        .map(call => `${JSON.stringify(call)}\n`)
        .join(''),
      { mode: 0o600 },
    )
    this.files.push(file)
    this.calls = []
  }
}

async function* linesOf(file: string): AsyncGenerator<LoggedCall> {
  for await (const line of createInterface({ input: createReadStream(file) }))
    yield JSON.parse(line) as LoggedCall
}
