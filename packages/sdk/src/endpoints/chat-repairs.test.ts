import { describe, expect, test } from 'vitest'
import type { ChatMessage, ChatRequest } from '../types/chat.ts'
import type { Warning } from '../types/warning.ts'
import { repairChat } from './chat-repairs.ts'
import type { RepairInfo } from './endpoint.ts'

function repair(request: Partial<ChatRequest>, over: Partial<RepairInfo> = {}) {
  const warnings: Warning[] = []
  const given: ChatRequest = { model: 'm', messages: [user('Hello')], ...request }
  const before = structuredClone(given)
  const info = { knows: new Set<string>(), warn: (warning: Warning) => void warnings.push(warning), ...over }
  const repaired = repairChat(given, info)
  expect(given).toEqual(before)
  return { given, repaired, told: warnings.map(({ action, param }) => `${action} ${param}`) }
}

const user = (content: string): ChatMessage => ({ role: 'user', content })
const says = (content: string): ChatMessage => ({ role: 'assistant', content })
const calls = (...ids: string[]): ChatMessage => ({
  role: 'assistant',
  content: null,
  tool_calls: ids.map(id => ({ id, type: 'function', function: { name: 'weather', arguments: '{}' } })),
})
const result = (id: string): ChatMessage => ({ role: 'tool', tool_call_id: id, content: 'Sunny' })
const roles = ({ messages }: ChatRequest) => messages.map(({ role }) => role)

describe('roles that take turns', () => {
  const clumsy = [says('Hi'), user('a'), user('b'), says('c'), says('d')]

  test('are put in order where all is to alternate', () => {
    const { repaired, told } = repair({ messages: clumsy, ensure_alternating_roles: true })
    const alternate = [
      'user',
      'assistant',
      'user',
      'assistant',
      'user',
      'assistant',
      'user',
      'assistant',
      'user',
    ]
    expect(roles(repaired)).toEqual(alternate)
    expect(repaired.messages[0]?.content).toBe('Please continue.')
    expect(repaired).not.toHaveProperty('ensure_alternating_roles')
    expect(told).toEqual(['approximated messages'])
  })

  test('are parted only by the side whose words the caller gives', () => {
    const { repaired } = repair({
      messages: clumsy,
      user_continue_message: { role: 'user', content: 'Go on.' },
      assistant_continue_message: null,
    })
    expect(roles(repaired)).toEqual(['assistant', 'user', 'user', 'assistant', 'user', 'assistant'])
    expect(repaired.messages[4]?.content).toBe('Go on.')
    const parted = repair({ messages: clumsy, assistant_continue_message: 'Yes?' }).repaired
    expect(roles(parted)).toEqual(['assistant', 'user', 'assistant', 'user', 'assistant', 'assistant'])
  })

  test('words for the first turn are left to a format that puts them there itself', () => {
    const knows = new Set(['user_continue_message'])
    const { repaired } = repair({ user_continue_message: 'Go on.' }, { knows })
    expect(repaired).toHaveProperty('user_continue_message')
    expect(repair({ user_continue_message: 'Go on.' }).repaired).not.toHaveProperty('user_continue_message')
  })

  test('a continue message that says nothing is refused by name', () => {
    expect(() => repair({ user_continue_message: 5 })).toThrow(/user_continue_message: must be/)
  })
})

describe('under modify_params', () => {
  const modifyParams = true

  test('a call without a result gets one, at its place', () => {
    const messages = [user('a'), calls('c1', 'c2'), result('c2'), user('b'), calls('c3')]
    const { repaired, told } = repair({ messages }, { modifyParams })
    expect(repaired.messages.map(({ role, tool_call_id: id }) => id ?? role)).toEqual([
      'user',
      'assistant',
      'c2',
      'c1',
      'user',
      'assistant',
      'c3',
    ])
    expect(told).toEqual(['approximated messages', 'approximated messages'])
  })

  test('a result without its call is left out', () => {
    const messages = [user('a'), result('c9'), calls('c1'), result('c1'), result('c1')]
    const { repaired, told } = repair({ messages }, { modifyParams })
    expect(roles(repaired)).toEqual(['user', 'assistant', 'tool'])
    expect(told).toEqual(['dropped messages[1]', 'dropped messages[4]'])
  })

  test('a limit above the model’s own is lowered', () => {
    const over = { modifyParams, maxOutputTokens: 100 }
    const { repaired, told } = repair({ max_tokens: 500, max_completion_tokens: 100 }, over)
    expect(repaired).toMatchObject({ max_tokens: 100, max_completion_tokens: 100 })
    expect(told).toEqual(['clamped max_tokens'])
  })

  test('what is whole stays the very same object', () => {
    const messages = [user('a'), calls('c1'), result('c1'), says('b')]
    const { given, repaired, told } = repair(
      { messages, max_tokens: 5 },
      { modifyParams, maxOutputTokens: 9 },
    )
    expect(repaired).toBe(given)
    expect(told).toEqual([])
  })
})

test('without modify_params nothing is repaired', () => {
  const { given, repaired } = repair({ messages: [calls('c1')], max_tokens: 500 }, { maxOutputTokens: 9 })
  expect(repaired).toBe(given)
})
