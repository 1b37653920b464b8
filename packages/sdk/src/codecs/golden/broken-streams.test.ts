import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import { endpoints } from '../../endpoints/registry.ts'
import { createError, TruncatedStreamError } from '../../errors.ts'
import { type FrameReader, framings } from '../../transport/framing/framings.ts'
import { createSseReader } from '../../transport/framing/sse.ts'
import { SseRelay } from '../../transport/framing/sse-relay.ts'
import type { ChatChunk, ChatRequest } from '../../types/chat.ts'
import type { JsonObject } from '../../types/json.ts'
import type { WireEvent } from '../../types/stream.ts'
import { CHAT_STREAMS } from './testing/chat-streams.ts'
import { type Column, columns, inboundInfo, upstreamInfo } from './testing/columns.ts'
import { FAILURES, type Recording, recordingsOf } from './testing/recordings.ts'
import { settledReply } from './testing/settled.ts'

interface Answer {
  readonly choices: unknown
  readonly usage: unknown
}

function settled(chunks: readonly ChatChunk[]): Answer {
  const whole = endpoints.chat.fold?.(structuredClone(chunks))
  if (whole === undefined) throw new Error('Chat does not fold.')
  const { choices, usage } = settledReply(whole)
  return { choices, usage }
}

function decoderOf(column: Column, choices: number) {
  const decoder = column.codec.upstream.decodeStream?.({ ...upstreamInfo(column, true).info, choices })
  if (decoder === undefined) throw new Error(`${column.format} does not stream.`)
  return decoder
}

/** The answer that wire events add up to. Throws when they tell of an error, or end too early. */
function decodeEvents(column: Column, events: readonly WireEvent[], choices = 1): Answer {
  const decoder = decoderOf(column, choices)
  return settled([...events.flatMap(event => [...decoder.push(event)]), ...decoder.end()])
}

/** The bytes a relay lets through, and what its tap saw. */
function relayReads(column: Column, { choices }: Recording, ...reads: readonly Buffer[]) {
  const { relay: facts } = column.codec
  if (facts === undefined) throw new Error(`${column.format} is not relayed.`)
  const request: JsonObject = { n: choices, stream_options: { include_usage: true } }
  const tap = facts.tap(request, upstreamInfo(column, true).info)
  const relay = new SseRelay(tap)
  const out = Buffer.concat(reads.map(bytes => relay.push(bytes) ?? Buffer.alloc(0)))
  relay.end()
  return { out, tap }
}

/** Usage may come after the answer is complete; what is there must be right. */
function isWhole(answer: Answer, whole: Answer): boolean {
  if (!isDeepStrictEqual(answer.choices, whole.choices)) return false
  return answer.usage === undefined || isDeepStrictEqual(answer.usage, whole.usage)
}

function withCarriageReturns(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1')
}

/** Comments and frames without data between all frames, as proxies send them to keep a connection open. */
function withNoise(bytes: Buffer, { codec }: Column): Buffer {
  const text = bytes.toString('latin1')
  if (codec.framing === 'ndjson') return Buffer.from(`\n${text.replaceAll('\n', '\n\n \n')}`, 'latin1')
  const noisy = text.replaceAll('\n\n', '\n\n: keep-alive\n\nevent: noise\n\nretry: 100\n\n')
  return Buffer.from(`: begin\n\n${noisy}`, 'latin1')
}

function isText({ codec }: Column): boolean {
  return codec.framing === 'sse' || codec.framing === 'ndjson'
}

/** The stream frame by frame, bytes as Latin-1; AWS's messages begin with their length. */
function framesOf(bytes: Buffer, column: Column): string[] {
  const text = bytes.toString('latin1')
  if (isText(column)) return text.split(column.codec.framing === 'ndjson' ? /(?<=\n)/ : /(?<=\n\n)/)
  const frames: string[] = []
  for (let at = 0; at < bytes.length; at += frames.at(-1)?.length ?? 0)
    frames.push(text.slice(at, at + bytes.readUInt32BE(at)))
  return frames
}

function readerOf({ codec }: Column): FrameReader {
  return framings[codec.framing]()
}

/** An error event as this format's providers send it. */
function failureOf(column: Column): string {
  const { codec, format } = column
  const told = FAILURES[format]
  if (told !== undefined) return told
  const encoder = codec.inbound?.encodeStream?.(asked, inboundInfo(column, true).info)
  return [...(encoder?.fail(limit, 'r') ?? [])]
    .map(({ event, data }) => `${event ? `event: ${event}\n` : ''}data: ${data}\n\n`)
    .join('')
}

describe.each(columns.map(column => [column.format, column] as const))('%s', (format, column) => {
  const { inbound } = column.codec
  const error = createError({ kind: 'connection', message: 'The provider hung up.' })

  if (inbound)
    test('a stream that fails at any point ends with the error and no end mark', () => {
      for (const chunks of Object.values(CHAT_STREAMS))
        for (let pushed = 0; pushed <= chunks.length; pushed++) {
          const encoder = inbound?.encodeStream?.(asked, inboundInfo(column, true).info)
          if (encoder === undefined) throw new Error(`${format} does not stream.`)
          const before = structuredClone(chunks.slice(0, pushed)).flatMap(chunk => [...encoder.push(chunk)])
          const last = [...encoder.fail(error, 'request-1')]
          expect(last.map(({ data }) => data).join()).toContain('The provider hung up.')
          expect(() => decodeEvents(column, [...before, ...last])).toThrow('The provider hung up.')
          expect(JSON.stringify(last)).not.toMatch(/\[DONE\]|message_stop|finishReason/)
        }
    })

  describe.each(recordingsOf(format).map(recording => [recording.name, recording] as const))(
    '%s',
    (_, recording) => {
      const { bytes, choices } = recording
      const events = readerOf(column)(bytes)
      const whole = decodeEvents(column, events, choices)

      /** Runs every cut of a stream; each is the whole answer or truncated, and some are truncated. */
      function expectWholeOrTruncated(length: number, run: (kept: number) => Answer) {
        let truncated = 0
        for (let kept = 0; kept < length; kept++)
          try {
            const answer = run(kept)
            if (!isWhole(answer, whole)) expect(answer).toEqual(whole)
          } catch (cut) {
            if (!(cut instanceof TruncatedStreamError)) throw cut
            truncated++
          }
        expect(truncated).toBeGreaterThan(0)
      }

      test('cut after any event, it is whole or truncated', () => {
        expectWholeOrTruncated(events.length, kept => decodeEvents(column, events.slice(0, kept), choices))
      })

      test('Dead stream ends as clean [DONE] (Bifrost PR #5665): cut at any byte, translated, it is whole or an error', () => {
        expectWholeOrTruncated(bytes.length, kept => {
          const seen = readerOf(column)(bytes.subarray(0, kept))
          return decodeEvents(column, seen, choices)
        })
      })

      if (column.codec.relay)
        test('Dead stream ends as clean [DONE] (Bifrost PR #5665): cut at any byte, relayed, it is whole or an error', () => {
          expectWholeOrTruncated(bytes.length, kept => {
            const { out } = relayReads(column, recording, bytes.subarray(0, kept))
            return decodeEvents(column, createSseReader()(out), choices)
          })
        })

      const variants = [
        ['as recorded', bytes],
        ...(isText(column)
          ? ([
              ['with carriage returns', withCarriageReturns(bytes)],
              ['with comments and empty frames', withNoise(bytes, column)],
            ] as const)
          : []),
      ] as const

      test.each(variants)('%s, split at any byte, it is the same answer', (_variant, variant) => {
        const read = JSON.stringify(readerOf(column)(variant))
        for (let at = 0; at <= variant.length; at++) {
          const reader = readerOf(column)
          const seen = JSON.stringify([...reader(variant.subarray(0, at)), ...reader(variant.subarray(at))])
          if (seen !== read) expect(seen).toBe(read)
        }
        expect(decodeEvents(column, readerOf(column)(variant), choices)).toEqual(whole)
      })

      if (column.codec.relay)
        test.each(variants)(
          '%s, split at any byte and relayed, it is the same answer',
          (_variant, variant) => {
            const { out: unsplit, tap } = relayReads(column, recording, variant)
            for (let at = 0; at <= variant.length; at++) {
              const relayed = relayReads(column, recording, variant.subarray(0, at), variant.subarray(at))
              if (!relayed.out.equals(unsplit)) expect(relayed.out.toString()).toBe(unsplit.toString())
              if (relayed.tap.textLength !== tap.textLength) expect(relayed.tap).toEqual(tap)
            }
            expect(decodeEvents(column, createSseReader()(unsplit), choices)).toEqual(whole)
            const usage = whole.usage as JsonObject
            expect(tap.usage).toMatchObject({
              prompt_tokens: usage.prompt,
              completion_tokens: usage.completion,
            })
            expect(tap.id).toBeTruthy()
            expect(tap.textLength).toBeGreaterThan(0)
          },
        )

      test('a frame that is not JSON, anywhere, is an error and not skipped', () => {
        for (let at = 0; at < events.length - 1; at++) {
          const broken = [...events.slice(0, at), { data: 'upstream connect error' }, ...events.slice(at)]
          expect(() => decodeEvents(column, broken, choices)).toThrow(/not a JSON object/)
        }
      })

      test('100 % CPU on 429 in mid-stream (#26015): an error event at any place ends the stream with its error', () => {
        const told429 = failureOf(column)
        const frames = framesOf(bytes, column)
        for (let at = 0; at < frames.length; at++) {
          const broken = Buffer.from(frames.toSpliced(at, 0, told429).join(''), 'latin1')
          expect(() => decodeEvents(column, readerOf(column)(broken), choices)).toThrow(/Slow down/)
          if (column.codec.relay) expect(() => relayReads(column, recording, broken)).toThrow(/Slow down/)
        }
      })
    },
  )
})

const asked: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], stream: true }
const limit = createError({ kind: 'rate_limit', message: 'Slow down.' })
