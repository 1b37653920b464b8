import { expect, test } from 'vitest'
import { textCompletion } from '../../endpoints/text-completion.ts'
import type { TextCompletionRequest } from '../../types/text-completion.ts'
import type { CallInfo } from '../codec.ts'
import { tgiGenerate } from './codec.ts'

const model = 'bigscience/bloom'
const info: CallInfo = {
  id: 'c1',
  now: 0,
  model,
  stream: false,
  deployment: { id: 'd', group: 'g', provider: 'huggingface', model },
  warn() {},
}
const { upstream } = tgiGenerate
const encode = (request: Partial<TextCompletionRequest>) =>
  upstream.encodeRequest({ model: 'm', prompt: 'Once', ...request }, info).body

test('parameters in the server’s words, its own among them', () => {
  expect(
    encode({
      max_tokens: 5,
      temperature: 0.5,
      top_p: 1,
      stop: 'END',
      echo: true,
      typical_p: 0.9,
      user: 'ann',
    }),
  ).toEqual({
    inputs: 'Once',
    parameters: {
      details: true,
      typical_p: 0.9,
      max_new_tokens: 5,
      return_full_text: true,
      stop: ['END'],
      temperature: 0.5,
      do_sample: true,
    },
    stream: false,
  })
  expect(encode({ temperature: 0 }).parameters).toEqual({ details: true, do_sample: false })
  expect(() => encode({ prompt: ['a', 'b'] })).toThrow(/takes one prompt/)
})

test('a whole reply', () => {
  const details = { finish_reason: 'length', generated_tokens: 2, prefill: [{ id: 1 }], tokens: [] }
  const reply = upstream.decodeResponse([{ generated_text: ' upon a', details }], info)
  expect(reply.choices).toEqual([{ index: 0, text: ' upon a', logprobs: null, finish_reason: 'length' }])
  expect(reply.usage).toEqual({ prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 })
  expect(() => upstream.decodeResponse({ error: 'Model is overloaded' }, info)).toThrow(/overloaded/)
})

test('a stream', () => {
  const lines = [
    '{"index":1,"token":{"id":1,"text":" upon","logprob":-1,"special":false},"generated_text":null,"details":null}',
    '{"index":2,"token":{"id":2,"text":"</s>","logprob":-1,"special":true},"generated_text":" upon","details":{"finish_reason":"eos_token","generated_tokens":2,"input_length":1,"seed":null}}',
  ]
  const decode = (from: readonly string[]) => {
    const decoder = upstream.decodeStream?.(info)
    return [...from.flatMap(data => [...(decoder?.push({ data }) ?? [])]), ...(decoder?.end() ?? [])]
  }
  expect(textCompletion.fold?.(decode(lines))).toMatchObject({
    choices: [{ text: ' upon', finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 2 },
  })
  expect(() => decode(lines.slice(0, 1))).toThrow(expect.objectContaining({ name: 'TruncatedStreamError' }))
  expect(() => decode(['{"error":"Request failed during generation","error_type":"generation"}'])).toThrow(
    /during generation/,
  )
})

test('too long a prompt is told as such', () => {
  const error = 'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 2048. Given: 4000'
  expect(upstream.decodeError?.(422, { error, error_type: 'validation' })).toMatchObject({
    kind: 'context_window',
  })
})
