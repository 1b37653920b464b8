import { expect, test } from 'vitest'
import type { TranscriptionResponse } from '../../types/transcription.ts'
import type { Warning } from '../../types/warning.ts'
import { WireBytes, WireForm } from '../../types/wire-body.ts'
import type { CallInfo } from '../codec.ts'
import { openaiTranscriptions, openaiTranscriptionsWith, openaiTranslations } from './codec.ts'

const info: CallInfo = {
  id: 'i',
  now: 0,
  model: 'whisper-1',
  stream: false,
  deployment: { id: 'd', group: 'g', provider: 'openai', model: 'whisper-1' },
  warn() {},
}
const inbound = { id: 'i', now: 0, warn() {} }
const file = { filename: 'a.mp3', contentType: 'audio/mpeg', bytes: Buffer.from('ID3') }

function sent(request: object, codec = openaiTranscriptions, over: Partial<CallInfo> = {}) {
  const asked = { model: 'm', file, ...request }
  const { payload } = codec.upstream.encodeRequest(asked, { ...info, ...over })
  return (payload as WireForm).fields.filter(([name]) => name !== 'file')
}

test('a client’s form becomes the provider’s form, lists and numbers included', () => {
  const form = new WireForm([
    ['file', file],
    ['model', 'mine'],
    ['temperature', '0.2'],
    ['timestamp_granularities[]', 'word'],
    ['response_format', 'verbose_json'],
  ])
  const request = openaiTranscriptions.inbound?.decodeRequest(form, inbound)
  expect(request).toMatchObject({ model: 'mine', temperature: 0.2, timestamp_granularities: ['word'] })
  expect(sent(request ?? {})).toEqual([
    ['model', 'whisper-1'],
    ['temperature', '0.2'],
    ['timestamp_granularities[]', 'word'],
    ['response_format', 'verbose_json'],
  ])
})

test('subtitles and bare text are asked for as JSON, which alone tells what is charged', () => {
  expect(sent({ response_format: 'srt' })).toContainEqual(['response_format', 'verbose_json'])
  expect(sent({ response_format: 'text' })).toContainEqual(['response_format', 'json'])
  expect(sent({}).map(([name]) => name)).toEqual(['model'])
  const timed = openaiTranscriptionsWith({ tellsDuration: false })
  expect(sent({}, timed)).toContainEqual(['response_format', 'verbose_json'])
  expect(sent({}, undefined, { stream: true })).toContainEqual(['stream', 'true'])
})

test('the answer comes in the format that was asked for', () => {
  const answer = { text: 'Hi.', duration: 1.2, segments: [{ id: 0, start: 0, end: 1.2, text: ' Hi.' }] }
  const shown = (response_format?: string) =>
    openaiTranscriptions.inbound?.encodeResponse(
      { ...answer },
      { model: 'm', file, ...(response_format && { response_format }) },
      inbound,
    )
  expect(shown()).toEqual({ text: 'Hi.', usage: { type: 'duration', seconds: 2 } })
  expect(shown('verbose_json')).toEqual(answer)
  const bytes = (format: string) => (shown(format) as WireBytes).bytes.toString()
  expect(bytes('text')).toBe('Hi.\n')
  expect(bytes('srt')).toBe('1\n00:00:00,000 --> 00:00:01,200\nHi.\n\n')
  expect(bytes('vtt')).toBe('WEBVTT\n\n00:00:00.000 --> 00:00:01.200\nHi.\n\n')
})

test('a provider that answers with bare text is understood', () => {
  const body = new WireBytes(Buffer.from('Hello.\n'), 'text/plain')
  expect(openaiTranslations.upstream.decodeResponse(body, info)).toEqual({ text: 'Hello.' })
})

test('words without segments become lines that end with sentences', () => {
  const words = [
    { word: 'One', start: 0, end: 0.5 },
    { word: 'two.', start: 0.5, end: 1 },
    { word: 'Three', start: 3661, end: 3661.5 },
  ]
  const bytes = openaiTranscriptions.inbound?.encodeResponse(
    { text: 'One two. Three', words },
    { model: 'm', file, response_format: 'srt' },
    inbound,
  ) as WireBytes
  expect(bytes.bytes.toString()).toBe(
    '1\n00:00:00,000 --> 00:00:01,000\nOne two.\n\n2\n01:01:01,000 --> 01:01:01,500\nThree\n\n',
  )
})

test.each(['srt', 'vtt'])('a transcript without times is no %s, and comes as JSON with a receipt', format => {
  const warnings: Warning[] = []
  const asked = { model: 'm', file, response_format: format }
  const shown = (answer: TranscriptionResponse) =>
    openaiTranscriptions.inbound?.encodeResponse(answer, asked, {
      ...inbound,
      warn: warning => void warnings.push(warning),
    })
  expect(shown({ text: '' })).toBeInstanceOf(WireBytes)
  expect(warnings).toEqual([])
  expect(shown({ text: 'Hi.' })).toEqual({ text: 'Hi.' })
  expect(warnings).toMatchObject([{ action: 'approximated', param: 'response_format' }])
})

test.each([
  ['no file', new WireForm([['model', 'm']]), 'file'],
  ['an empty file', new WireForm([['file', { ...file, bytes: Buffer.alloc(0) }]]), 'file'],
  ['a body of JSON', { model: 'm', file: 'a.mp3' }, 'file'],
  ['no model', new WireForm([['file', file]]), 'model'],
  [
    'an unknown format',
    new WireForm([
      ['file', file],
      ['model', 'm'],
      ['response_format', 'doc'],
    ]),
    'response_format',
  ],
  [
    'a temperature of 2',
    new WireForm([
      ['file', file],
      ['model', 'm'],
      ['temperature', '2'],
    ]),
    'temperature',
  ],
])('%s is refused', (_, body, param) => {
  expect(() => openaiTranscriptions.inbound?.decodeRequest(body, inbound)).toThrow(
    expect.objectContaining({ param, status: 400 }),
  )
})

test('a stream that ends before the transcript is done is cut', () => {
  const stream = openaiTranscriptions.upstream.decodeStream?.(info)
  expect([...(stream?.push({ data: '{"type":"transcript.text.delta","delta":"Hi"}' }) ?? [])]).toHaveLength(1)
  expect(() => stream?.end()).toThrow(/before the transcript was complete/)
})
