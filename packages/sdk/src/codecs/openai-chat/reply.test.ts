import { describe, expect, test } from 'vitest'
import { createError } from '../../errors.ts'
import type { JsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'
import { decodeError, encodeError } from './errors/errors.ts'
import { relayWith } from './relay.ts'
import { decodeResponse } from './response.ts'
import { decodeStream, encodeStream } from './stream.ts'
import { decodeUsage } from './usage.ts'

const info: CallInfo = {
  id: 'call-1',
  now: 5000,
  model: 'm',
  stream: true,
  deployment: { id: 'd', group: 'g', provider: 'p', model: 'm' },
  warn() {},
}

describe('decodeResponse', () => {
  test('settles what dialects leave open', () => {
    const body = {
      choices: [
        { index: 0, message: { role: 'assistant', content: 'x', reasoning: 'hm' }, finish_reason: 'stop' },
      ],
      usage: { prompt_tokens: 3 },
    }
    expect(decodeResponse(body, info)).toEqual({
      id: 'call-1',
      object: 'chat.completion',
      created: 5,
      model: 'm',
      choices: [
        { index: 0, message: expect.objectContaining({ reasoning_content: 'hm' }), finish_reason: 'stop' },
      ],
      usage: { prompt_tokens: 3, completion_tokens: 0, total_tokens: 3 },
    })
  })

  test.each([
    [null],
    ['text'],
    [[]],
    [{}],
    [{ choices: {} }],
    [{ choices: [null] }],
    [{ choices: [{ index: 0 }] }],
  ])('%j is a bad gateway', body => {
    expect(() => decodeResponse(body, info)).toThrow(expect.objectContaining({ name: 'BadGatewayError' }))
  })
})

describe('decodeUsage', () => {
  test.each([
    ['nothing', undefined],
    ['text', undefined],
    [{ prompt_tokens: '3' }, undefined],
    [
      { prompt_tokens: 3, completion_tokens: 2 },
      { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    ],
    [
      { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, prompt_cache_hit_tokens: 1 },
      { prompt_tokens_details: { cached_tokens: 1 } },
    ],
    [
      { prompt_tokens: 3, prompt_cache_hit_tokens: 1, prompt_tokens_details: { cached_tokens: 2 } },
      { prompt_tokens_details: { cached_tokens: 2 } },
    ],
  ])('%j', (wire, usage) => {
    if (usage === undefined) expect(decodeUsage(wire)).toBeUndefined()
    else expect(decodeUsage(wire)).toMatchObject(usage)
  })
})

describe('decodeError', () => {
  const error = (facts: JsonObject) => ({ error: { message: 'm', ...facts } })
  test.each<[number, unknown, string]>([
    [400, error({ code: 'context_length_exceeded' }), 'context_window'],
    [400, error({ code: 'content_filter' }), 'content_policy'],
    [429, error({ code: 'insufficient_quota' }), 'insufficient_quota'],
    [429, error({ type: 'insufficient_quota', code: null }), 'insufficient_quota'],
    [404, error({ code: 'DeploymentNotFound' }), 'not_found'],
    [401, error({ type: 'invalid_request_error' }), 'authentication'],
    [400, error({ message: "This model's maximum context length is 8192 tokens." }), 'context_window'],
    [413, error({ message: 'prompt is too long: 9 > 8' }), 'context_window'],
    [500, error({ message: 'maximum context length' }), 'internal'],
    [503, error({ type: 'server_error' }), 'unavailable'],
    [400, { message: 'Input tokens exceed the limit' }, 'context_window'],
    [422, { detail: [{ loc: ['body'], msg: 'bad' }] }, 'unprocessable'],
    [418, { detail: 'teapot' }, 'bad_request'],
    [502, 'Bad Gateway', 'bad_gateway'],
    [429, { error: 'slow down' }, 'rate_limit'],
    [400, error({ code: 'toString', type: 'constructor' }), 'bad_request'],
  ])('%i %j is %s', (status, body, kind) => {
    expect(decodeError(status, body)).toMatchObject({ kind })
  })

  test.each([[''], [null], [{}], [[1]]])('%j leaves it to the status', body => {
    expect(decodeError(500, body)).toBeUndefined()
  })

  test('keeps the provider’s words, code, type and field', () => {
    const body = error({ code: 'x', type: 'y', param: 'messages' })
    expect(decodeError(400, body)).toEqual({
      kind: 'bad_request',
      message: 'm',
      code: 'x',
      type: 'y',
      param: 'messages',
      providerSpecificFields: body,
    })
  })
})

describe('encodeError', () => {
  test('our own errors carry the status as code, a provider’s its own', () => {
    const facts = { kind: 'rate_limit', message: 'm' } as const
    expect(encodeError(createError(facts))).toEqual({
      error: { message: 'm', type: 'rate_limit_error', param: null, code: '429' },
    })
    expect(encodeError(createError({ ...facts, provider: 'p', code: 'rate_limit_exceeded' }))).toMatchObject({
      error: { code: 'rate_limit_exceeded' },
    })
  })
})

describe('decodeStream', () => {
  const run = (
    events: readonly (string | { event: string; data: string })[],
    over: Partial<CallInfo> = {},
  ) => {
    const decoder = decodeStream({ ...info, ...over })
    const wire = events.map(each => (typeof each === 'string' ? { data: each } : each))
    return [...wire.flatMap(event => [...decoder.push(event)]), ...decoder.end()]
  }
  const piece = (content: string) => JSON.stringify({ choices: [{ index: 0, delta: { content } }] })
  const finish = (index = 0) => JSON.stringify({ choices: [{ index, delta: {}, finish_reason: 'stop' }] })

  test('a stream without end mark is complete once every choice finished, and truncated before', () => {
    expect(run([piece('x'), finish()])).toHaveLength(2)
    expect(() => run([piece('x')])).toThrow(expect.objectContaining({ name: 'TruncatedStreamError' }))
    expect(() => run([finish(0)], { choices: 2 })).toThrow(
      expect.objectContaining({ name: 'TruncatedStreamError' }),
    )
    expect(run([finish(0), finish(1)], { choices: 2 })).toHaveLength(2)
    expect(() => run([])).toThrow(expect.objectContaining({ name: 'TruncatedStreamError' }))
  })

  test.each<[string | { event: string; data: string }, string]>([
    ['{"error":{"message":"Slow","code":429}}', 'RateLimitError'],
    ['{"error":{"message":"Slow","code":"rate_limit_exceeded"}}', 'RateLimitError'],
    ['{"error":{"message":"Boom","type":"server_error"}}', 'BadGatewayError'],
    ['{"error":"Boom"}', 'BadGatewayError'],
    [{ event: 'error', data: '{"message":"Boom"}' }, 'BadGatewayError'],
    ['not json', 'BadGatewayError'],
    ['[1]', 'BadGatewayError'],
    ['{"choices":[null]}', 'BadGatewayError'],
  ])('%j in a stream is a %s', (event, name) => {
    expect(() => run([piece('x'), event])).toThrow(expect.objectContaining({ name }))
  })

  test('an `error: null` is none, and chunks that carry nothing vanish', () => {
    const quiet = JSON.stringify({ error: null, choices: [{ index: 0, delta: null, finish_reason: 'stop' }] })
    expect(run(['{"id":"x"}', quiet])).toMatchObject([{ choices: [{ delta: {} }], id: 'call-1' }])
  })
})

describe('encodeStream', () => {
  const chunk = { id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm' } as const
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
  const request = { model: 'm', messages: [] }

  test('usage is shown at the end, in a chunk of its own, to those who asked for it', () => {
    const both = { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: null }], usage }
    const quiet = encodeStream(request, { id: 'c', now: 0, warn() {} })
    expect([...quiet.push({ ...chunk, choices: [], usage })]).toEqual([])
    expect(String([...quiet.push(both)].map(({ data }) => data))).not.toContain('usage')
    expect([...quiet.end()]).toEqual([{ data: '[DONE]' }])
    const asking = { ...request, stream_options: { include_usage: true } }
    const told = encodeStream(asking, { id: 'c', now: 0, warn() {} })
    expect(String([...told.push(both)].map(({ data }) => data))).not.toContain('usage')
    expect([...told.push({ ...chunk, choices: [], usage: { ...usage, prompt_tokens: 7 } })]).toEqual([])
    const [last, done, ...more] = [...told.end()]
    expect(JSON.parse(last?.data ?? '')).toMatchObject({ choices: [], usage: { prompt_tokens: 7 } })
    expect([done, ...more]).toEqual([{ data: '[DONE]' }])
  })

  test('the first chunk of each choice says who speaks, if the provider does not', () => {
    const encoder = encodeStream(request, { id: 'c', now: 0, warn() {} })
    const said = (index: number) => ({
      ...chunk,
      choices: [{ index, delta: { content: 'a' }, finish_reason: null }],
    })
    const roles = [0, 0, 1].map(index =>
      [...encoder.push(said(index))].map(({ data }) => JSON.parse(data).choices[0].delta.role),
    )
    expect(roles.flat()).toEqual(['assistant', undefined, 'assistant'])
  })
})

describe('the relay’s tap', () => {
  const relay = relayWith({})
  const tapOf = (request: JsonObject = {}) => relay.tap(request, info)
  const USAGE = 'data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}'

  test('hides the usage that only we asked for', () => {
    const tap = tapOf()
    expect(tap.push('data: {"id":"c1","choices":[{"delta":{"content":"Hi \\"you\\""}}],"usage":null}')).toBe(
      true,
    )
    expect(tap.push(USAGE)).toBe(false)
    expect(tap).toMatchObject({ id: 'c1', usage: { prompt_tokens: 1, total_tokens: 3 } })
    expect(tap.textLength).toBe('Hi \\"you\\"'.length)
    expect(tapOf({ stream_options: { include_usage: true } }).push(USAGE)).toBe(true)
  })

  test('shows usage that stands beside an answer', () => {
    const frame = 'data: {"choices":[{"delta":{"content":"x"}}],"usage":{"prompt_tokens":1}}'
    expect(tapOf().push(frame)).toBe(true)
  })

  test('counts text however the JSON is spaced, and arguments too', () => {
    const tap = tapOf()
    tap.push('data: {"choices": [{"delta": {"content": "abc"}}]}')
    tap.push('data: {"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"{}"}}]}}]}')
    tap.push('data: {"choices":[{"delta":{"reasoning_content":"de"}}]}')
    tap.push('data: {"choices":[{"delta":{"content":null}}]}')
    expect(tap.textLength).toBe(7)
  })

  test.each([
    ['data: {"error":{"message":"Slow","code":429}}', 'RateLimitError'],
    ['event: error\ndata: {"message":"Boom"}', 'BadGatewayError'],
    ['data: upstream connect error', 'BadGatewayError'],
  ])('%s ends the relay with a %s', (frame, name) => {
    expect(() => tapOf().push(frame)).toThrow(expect.objectContaining({ name, provider: 'p' }))
  })

  test('words of an answer are not taken for errors, ends or usage', () => {
    const tap = tapOf()
    const words = JSON.stringify('{"error":{"code":1},"finish_reason":"stop","usage":{"prompt_tokens":9}}')
    expect(tap.push(`data: {"choices":[{"delta":{"content":${words}},"finish_reason":null}]}`)).toBe(true)
    expect(tap.usage).toBeUndefined()
    expect(() => tap.end()).toThrow(expect.objectContaining({ name: 'TruncatedStreamError' }))
  })

  test('a finish of every choice, or the end mark, completes it', () => {
    const two = tapOf({ n: 2 })
    two.push('data: {"choices":[{"index":0,"finish_reason":"stop"}]}')
    expect(() => two.end()).toThrow(expect.objectContaining({ name: 'TruncatedStreamError' }))
    two.push('data: {"choices":[{"index":1,"finish_reason": "length"}]}')
    expect(() => two.end()).not.toThrow()
    const both = tapOf({ n: 2 })
    both.push('data: {"choices":[{"index":0,"finish_reason":"stop"},{"index":1,"finish_reason":"stop"}]}')
    expect(() => both.end()).not.toThrow()
    for (const mark of ['data: [DONE]', 'data:[DONE]']) {
      const tap = tapOf()
      expect(tap.push(mark)).toBe(true)
      expect(() => tap.end()).not.toThrow()
    }
    expect(() => tapOf().end()).toThrow()
  })

  test('comments and frames without data pass', () => {
    expect(tapOf().push(': keep-alive')).toBe(true)
    expect(tapOf().push('event: ping')).toBe(true)
  })

  test('asks for usage unless the client did, or the provider refuses the question', () => {
    expect(relay.streamExtras?.({})).toEqual({ stream_options: { include_usage: true } })
    expect(relay.streamExtras?.({ stream_options: { include_usage: true } })).toBeUndefined()
    expect(relayWith({ streamUsage: false }).streamExtras?.({})).toBeUndefined()
  })

  test('an error with status 200 is no answer', () => {
    expect(() => relay.usage({ error: { message: 'No credit', code: 402 } })).toThrow('No credit')
    expect(relay.usage('text')).toEqual({})
  })
})
