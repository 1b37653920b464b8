import { describe, expect, test } from 'vitest'
import { estimateRequestTokens } from '../../tokens/request.ts'
import type { JsonObject } from '../../types/json.ts'
import { promptCache } from './prompt-cache.ts'

const words = (count: number, word = 'word') => `${word} `.repeat(count)
const keysOf = (request: JsonObject, group = 'g') =>
  promptCache.keysOf({
    ...{ group, request, sessionId: undefined, keyHash: undefined },
    inputTokens: () => estimateRequestTokens(request),
  })
const chat = (...turns: readonly string[]) => ({
  messages: turns.map((content, index) => ({
    role: ['system', 'user', 'assistant'][index && 2 - (index % 2)],
    content,
  })),
})
/** Tokens the second request finds again of what the first left behind. */
const found = (first: JsonObject, second: JsonObject, group = 'g') => {
  const known = new Set(keysOf(first)?.remember.map(({ key }) => key))
  return keysOf(second, group)?.lookUp.find(({ key }) => known.has(key))?.tokens
}

describe('a conversation that grows', () => {
  const system = words(2_000)

  test('finds all that was sent before, however often it grows', () => {
    const turns = [system, 'one', words(500), 'two', words(500), 'three']
    for (const sent of [2, 4]) {
      const before = chat(...turns.slice(0, sent))
      const tokens = found(before, chat(...turns.slice(0, sent + 2)))
      expect(tokens).toBeGreaterThan(estimateRequestTokens(before) * 0.9)
      expect(tokens).toBeLessThan(estimateRequestTokens(before) * 1.1)
    }
  })

  test('also by a long first message of the user, without a system prompt', () => {
    const user = { role: 'user', content: words(2_000) }
    const more = [
      { role: 'assistant', content: 'yes' },
      { role: 'user', content: 'and?' },
    ]
    expect(found({ messages: [user] }, { messages: [user, ...more] })).toBeGreaterThan(1_500)
  })

  test('also where tools answer and the user says nothing', () => {
    const start = [{ role: 'user', content: 'look' }]
    const step = (id: string) => [
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id, function: { name: 'read', arguments: `"${id}"` } }],
      },
      { role: 'tool', tool_call_id: id, content: words(1_500, id) },
    ]
    const before = { messages: [...start, ...step('a')] }
    expect(found(before, { messages: [...start, ...step('a'), ...step('b')] })).toBeGreaterThan(1_200)
    expect(found(before, { messages: [...start, ...step('c'), ...step('b')] })).toBeUndefined()
  })

  test('and another conversation finds the system prompt and the tools', () => {
    const tools = [{ type: 'function', function: { name: 'f', description: words(500), parameters: {} } }]
    const first = { tools, ...chat(system, 'one', 'two', 'three') }
    expect(found(first, { tools, ...chat(system, 'other') })).toBeGreaterThan(2_000)
    expect(found(first, chat(system, 'other'))).toBeUndefined()
    expect(found(first, { tools, ...chat(`${system}!`, 'other') })).toBeUndefined()
  })

  test('but not in another group', () => {
    expect(found(chat(system, 'one'), chat(system, 'one'), 'h')).toBeUndefined()
  })
})

describe('marks', () => {
  const marked = (text: string, mark = true) => ({
    type: 'text',
    text,
    ...(mark && { cache_control: { type: 'ephemeral' } }),
  })
  const user = (...content: readonly object[]) => ({ role: 'user', content })
  const doc = words(2_000)

  test('what comes after the last mark is not looked at', () => {
    const ask = (question: string) => ({ messages: [user(marked(doc), marked(question, false))] })
    expect(found(ask('why?'), ask('how?'))).toBeGreaterThan(1_500)
  })

  test('a mark that moves on with the conversation leaves the former beginning findable', () => {
    const before = { messages: [user(marked(doc))] }
    const answer = { role: 'assistant', content: 'so' }
    const after = { messages: [user(marked(doc, false)), answer, user(marked('and?'))] }
    expect(found(before, after)).toBeGreaterThan(1_500)
  })

  test('marked beginnings are told to others, unmarked ends are not', () => {
    expect(keysOf({ messages: [user(marked(doc))] })?.remember.every(({ told }) => told)).toBe(true)
    const plain = keysOf({
      messages: [
        { role: 'system', content: doc },
        { role: 'user', content: 'x' },
      ],
    })
    expect(plain?.remember.map(({ told }) => told)).toEqual([true, false])
  })
})

test('prompts below 1,024 tokens, and requests that are no chats, have no key', () => {
  expect(keysOf(chat('short', 'one'))).toBeUndefined()
  expect(keysOf(chat(words(500), words(700)))?.remember).toHaveLength(1)
  expect(keysOf({ input: words(3_000) })).toBeUndefined()
  expect(keysOf({ messages: [null, 3, { role: 'user', content: [null, 'x'] }] })).toBeUndefined()
})

test('long texts that differ at their ends or in length differ', () => {
  const texts = [words(30_000), `${words(30_000)}!`, `!${words(30_000)}`, words(29_999)]
  const keys = texts.map(text => keysOf(chat(text, 'one'))?.remember[0]?.key)
  expect(new Set(keys).size).toBe(4)
})
