import { expect, test } from 'vitest'
import { Departure } from './departure.ts'
import type { KeptStream } from './kept-stream.ts'
import { KeptStreams } from './kept-streams.ts'
import type { Sink } from './stream-reader.ts'

const KB = 1024
const SETTINGS = {
  enabled: true,
  graceMs: 60_000,
  ttlMs: 60_000,
  maxStreamBytes: 64 * KB,
  maxBytes: 1024 * KB,
  maxStreams: 100,
  maxStreamsPerKey: 100,
}
const FACTS = {
  keyHash: 'k',
  callId: 'c',
  endpoint: 'chat',
  format: 'openai-chat',
  contentType: 'text/event-stream',
}

/** A client that takes everything, or nothing until `drain`. */
class Listener implements Sink {
  readonly signal = new Departure()
  text = ''
  ended = false
  broken = false
  isSlow = false
  private free: (() => void) | undefined

  write(piece: string | Buffer): undefined | Promise<void> {
    this.text += String(piece)
    if (!this.isSlow) return undefined
    return new Promise(resolve => {
      this.free = resolve
    })
  }

  end(piece: string | Buffer): void {
    this.text += String(piece)
    this.ended = true
  }

  breakOff(): void {
    this.broken = true
  }

  drain(): void {
    this.free?.()
  }
}

function open(streams: KeptStreams, keyHash = 'k', abandoned = () => {}): KeptStream {
  const stream = streams.open({ ...FACTS, keyHash }, abandoned)
  if (typeof stream === 'string') throw new Error(stream)
  return stream
}

function keep(settings: Partial<typeof SETTINGS> = {}): KeptStreams {
  return new KeptStreams(() => ({ ...SETTINGS, ...settings }))
}

const event = (text: string) => `data: ${text}\n\n`
const big = (letter: string) => event(letter.repeat(10 * KB))
/** Numbers of the events in a text. */
const numbers = (text: string) =>
  [...text.matchAll(/^id: .{22}\.(\d+)$/gm)].map(([, number]) => Number(number))
/** Lets promises that are settled have their effect. */
const settled = () => new Promise(resolve => setImmediate(resolve))

test('what is said reaches every reader in the same tick, each from where it began', () => {
  const stream = open(keep())
  const [first, later] = [new Listener(), new Listener()]
  stream.attach(1, first)
  expect(stream.append(event('a') + event('b'))).toBeUndefined()
  stream.attach(2, later)
  void stream.append(Buffer.from(event('ü')))
  stream.finish('ended', event('[DONE]'))
  expect(first.text.replaceAll(stream.facts.id, 'ID')).toBe(
    'data: a\nid: ID.1\n\ndata: b\nid: ID.2\n\ndata: ü\nid: ID.3\n\ndata: [DONE]\nid: ID.4\n\n',
  )
  expect(first.text.endsWith(later.text)).toBe(true)
  expect(numbers(later.text)).toEqual([2, 3, 4])
  expect([first.ended, later.ended]).toEqual([true, true])
})

test("our id is the last of an event, so that a provider's own does not count", () => {
  const stream = open(keep())
  const reader = new Listener()
  stream.attach(1, reader)
  void stream.append('id: 7\r\ndata: a\r\n\r\n')
  expect(reader.text).toBe(`id: 7\r\ndata: a\r\nid: ${stream.facts.id}.1\r\n\r\n`)
})

test('comments reach those who are there, without a blank line, and are not kept', () => {
  const stream = open(keep())
  const [first, later] = [new Listener(), new Listener()]
  stream.attach(1, first)
  void stream.append(`: ping\n\n${event('a')}\n\n: ping\n\n`)
  stream.attach(1, later)
  expect(first.text.match(/: ping\n(?!\n)/g)?.length).toBe(2)
  expect(numbers(later.text)).toEqual([1])
  expect(later.text).not.toContain('ping')
})

test('while nobody is there the provider is read until the stream is full, and no further', async () => {
  const stream = open(keep())
  const gone = new Listener()
  stream.attach(1, gone).leave()
  let held: undefined | Promise<void>
  let said = 0
  while (!held && said < 100) {
    held = stream.append(big('a'))
    said++
  }
  expect(said).toBeLessThan(10)
  const back = new Listener()
  stream.attach(1, back)
  await held
  expect(numbers(back.text).length).toBe(said)
})

test('what a reader has taken makes room, so that a stream of any length passes', () => {
  const stream = open(keep())
  const reader = new Listener()
  stream.attach(1, reader)
  for (let count = 0; count < 100; count++) expect(stream.append(big('a'))).toBeUndefined()
  expect(numbers(reader.text).length).toBe(100)
  expect(stream.log.size).toBeLessThanOrEqual(64 * KB)
  expect(stream.log.oldest).toBeGreaterThan(90)
})

test('a slow reader slows the provider down; with a faster one beside it, it does not, and is broken off', async () => {
  const stream = open(keep())
  const slow = new Listener()
  slow.isSlow = true
  stream.attach(1, slow)
  let held: undefined | Promise<void>
  for (let count = 0; count < 200 && !held; count++) held = stream.append(event('a'))
  expect(held).toBeInstanceOf(Promise)
  stream.attach(1, new Listener())
  await held
  for (let count = 0; count < 100; count++) expect(stream.append(big('b'))).toBeUndefined()
  slow.drain()
  await settled()
  expect(slow.broken).toBe(true)
})

test('a stream that broke off breaks off for those who come later', () => {
  const stream = open(keep())
  void stream.append(event('a'))
  stream.finish('broken', '')
  const reader = new Listener()
  stream.attach(1, reader)
  expect(numbers(reader.text)).toEqual([1])
  expect([reader.broken, reader.ended]).toEqual([true, false])
})

test('a reader that has it all is told that it ended', () => {
  const stream = open(keep())
  stream.finish('ended', event('a'))
  const reader = new Listener()
  stream.attach(2, reader)
  expect([reader.text, reader.ended]).toEqual(['', true])
})

test('nobody is waited for once the gateway goes down', async () => {
  const streams = keep()
  const given: string[] = []
  const alone = open(streams, 'k', () => given.push('alone'))
  const read = open(streams, 'k', () => given.push('read'))
  alone.attach(1, new Listener()).leave()
  const reader = read.attach(1, new Listener())
  streams.close()
  expect(given).toEqual(['alone'])
  reader.leave()
  expect(given).toEqual(['alone', 'read'])
  expect(streams.open(FACTS, () => {})).toContain('switched off')
})

test('giving a stream up frees whoever waits to write', async () => {
  const stream = open(keep({ maxStreamBytes: 20 * KB }))
  stream.attach(1, new Listener()).leave()
  void stream.append(big('a'))
  const held = stream.append(big('b'))
  expect(held).toBeInstanceOf(Promise)
  void stream.stop()
  await held
})

test('a key has so many streams under way, finished ones aside', () => {
  const streams = keep({ maxStreamsPerKey: 2 })
  const first = open(streams)
  open(streams)
  expect(streams.open(FACTS, () => {})).toContain('2 resumable streams')
  open(streams, 'another')
  first.finish('ended', '')
  open(streams)
})

test('at the bound the stream that ended first is forgotten, unless somebody reads it', () => {
  const streams = keep({ maxStreams: 3 })
  const [first, second, third] = [open(streams), open(streams), open(streams)]
  expect(streams.open(FACTS, () => {})).toContain('as many resumable streams')
  for (const stream of [second, first, third]) {
    void stream.append(big('a'))
    stream.finish('ended', big('b'))
  }
  const slow = new Listener()
  slow.isSlow = true
  second.attach(1, slow)
  open(streams)
  const isKept = ({ facts }: KeptStream) => streams.find(facts.id) !== undefined
  expect([first, second, third].map(isKept)).toEqual([false, true, true])
})

test('whoever needs room for more makes it out of its own finished streams first', () => {
  const streams = keep({ maxStreams: 4 })
  const theirs = [open(streams, 'quiet'), open(streams, 'quiet')]
  const mine = [open(streams, 'busy'), open(streams, 'busy')]
  for (const stream of [...theirs, ...mine]) stream.finish('ended', big('a'))
  for (let n = 0; n < 10; n++) open(streams, 'busy').finish('ended', big('a'))
  const isKept = ({ facts }: KeptStream) => streams.find(facts.id) !== undefined
  expect([...theirs, ...mine].map(isKept)).toEqual([true, true, false, false])
  const full = keep({ maxBytes: 60 * KB })
  const quiet = open(full, 'quiet')
  quiet.finish('ended', big('a'))
  for (let n = 0; n < 10; n++) open(full, 'busy').finish('ended', big('a'))
  expect(full.find(quiet.facts.id)).toBe(quiet)
})

test('memory is bounded over all streams: finished ones go first, then a stream waits', async () => {
  const streams = keep({ maxBytes: 50 * KB })
  const old = open(streams)
  void old.append(big('a'))
  old.finish('ended', '')
  const [one, two] = [open(streams), open(streams)]
  for (const stream of [one, two]) stream.attach(1, new Listener()).leave()
  void one.append(big('b'))
  expect(one.append(big('c'))).toBeUndefined()
  expect(two.append(big('d'))).toBeUndefined()
  expect(streams.find(old.facts.id) === undefined).toBe(true)
  const held = two.append(big('e'))
  expect(held).toBeInstanceOf(Promise)
  one.finish('ended', '')
  await held
  expect(streams.find(one.facts.id) === undefined).toBe(true)
})

/** Numbers from 0 to below 1, the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

test.each(Array.from({ length: 40 }, (_, seed) => seed))(
  'whoever comes, goes, lags and comes back reads every event once, in order (seed %i)',
  async seed => {
    const random = randomOf(seed)
    const stream = open(keep({ maxStreamBytes: 40 * KB }))
    const readers: { listener: Listener; from: number; stop: () => void }[] = []
    const come = (from: number) => {
      const listener = new Listener()
      listener.isSlow = random() < 0.5
      const reader = stream.attach(from, listener)
      readers.push({ listener, from, stop: reader.leave })
    }
    come(1)
    let held: undefined | Promise<void>
    let isHeld = false
    for (let step = 0; step < 400; step++) {
      const turn = random()
      const one = readers[Math.floor(random() * readers.length)]
      if (turn < 0.5 && !isHeld) {
        held = stream.append(event('x'.repeat(Math.floor(random() * 3 * KB))))
        isHeld = held !== undefined
        void held?.then(() => {
          isHeld = false
        })
      } else if (turn < 0.8) one?.listener.drain()
      else if (turn < 0.9) one?.stop()
      else if (readers.length < 30)
        come(stream.log.oldest + Math.floor(random() * (stream.log.newest - stream.log.oldest + 2)))
      await settled()
    }
    stream.finish('ended', event('[DONE]'))
    come(stream.log.oldest)
    for (let round = 0; round < 100; round++) {
      for (const { listener } of readers) listener.drain()
      await settled()
    }
    for (const { listener, from } of readers) {
      const seen = numbers(listener.text)
      expect(seen).toEqual(seen.map((_, index) => from + index))
      expect(listener.ended).toBe(listener.text.includes('[DONE]'))
    }
    expect(readers.at(-1)?.listener.ended).toBe(true)
    expect(stream.log.size).toBeLessThan(80 * KB)
  },
)
