import { describe, expect, test } from 'vitest'
import { endpoints } from '../../endpoints/registry.ts'
import { bind } from '../../providers/bind.ts'
import { providers } from '../../providers/registry.ts'
import type { ChatMessage, ChatRequest } from '../../types/chat.ts'
import type { JsonObject } from '../../types/json.ts'
import type { Warning } from '../../types/warning.ts'

/** What a provider is sent, with repairs allowed or not. */
function send(name: string, model: string, request: Partial<ChatRequest>, modifyParams: boolean) {
  const provider = providers.get(name)
  if (provider === undefined) throw new Error(name)
  const { codec } = bind(provider, 'chat', undefined, model)
  const warnings: Warning[] = []
  const deployment = { id: 'd', group: 'g', provider: name, model }
  const warn = (warning: Warning) => void warnings.push(warning)
  const info = {
    id: 'c',
    now: 0,
    model,
    stream: false,
    deployment,
    modifyParams,
    maxOutputTokens: 8_000,
    warn,
  }
  const asked: ChatRequest = { model, messages: [hello], ...request }
  const repaired = endpoints.chat.repaired?.(asked, { ...info, knows: codec.upstream.params }) ?? asked
  const { body } = codec.upstream.encodeRequest(repaired, info)
  return { body, told: warnings.map(({ action, param }) => `${action} ${param}`) }
}

const hello: ChatMessage = { role: 'user', content: 'Hello' }
const call = { id: 'c1', type: 'function' as const, function: { name: 'weather', arguments: '{}' } }
const called: ChatMessage = { role: 'assistant', content: null, tool_calls: [call] }
const result: ChatMessage = { role: 'tool', tool_call_id: 'c1', content: 'Sunny' }
const CLAUDE = 'claude-sonnet-4-5'
const BEDROCK = 'anthropic.claude-sonnet-4-5-20250929-v1:0'

const firstOf = (body: JsonObject) =>
  JSON.stringify((body.messages ?? body.contents) as unknown[]).slice(0, 80)

describe.each([
  ['anthropic', CLAUDE],
  ['bedrock', BEDROCK],
  ['gemini', 'gemini-2.5-flash'],
])('%s', (name, model) => {
  const messages = [called, result]

  test('a conversation that does not begin with the user gets words of ours first', () => {
    const { body, told } = send(name, model, { messages }, true)
    expect(firstOf(body)).toContain('Please continue.')
    expect(told).toContain('approximated messages')
  })

  test('the caller’s own words need no leave', () => {
    const { body, told } = send(name, model, { messages, user_continue_message: 'Go on.' }, false)
    expect(firstOf(body)).toContain('Go on.')
    expect(JSON.stringify(body)).not.toContain('user_continue_message')
    expect(told).toContain('approximated messages')
  })
})

describe.each([
  ['anthropic', CLAUDE],
  ['bedrock', BEDROCK],
])('%s', (name, model) => {
  const silent: ChatMessage = { role: 'assistant', content: '  ' }

  test('an empty message gets words of ours, so that the turns stay as they are', () => {
    const { body, told } = send(name, model, { messages: [hello, silent, hello] }, true)
    expect((body.messages as unknown[]).length).toBe(3)
    expect(JSON.stringify(body)).toContain('[This message was empty.]')
    expect(told).toEqual(['approximated messages[1].content'])
  })

  test('without repairs an empty message is left out, and that is told', () => {
    const { body, told } = send(name, model, { messages: [hello, silent, hello] }, false)
    expect((body.messages as unknown[]).length).toBe(1)
    expect(told.length).toBeGreaterThan(0)
  })

  test('thinking is given up where the history cannot show it', () => {
    const request = {
      messages: [hello, called, result],
      thinking: { type: 'enabled' as const, budget_tokens: 2000 },
    }
    const { body, told } = send(name, model, request, true)
    expect(JSON.stringify(body)).not.toContain('budget_tokens')
    expect(told).toContain('dropped thinking')
    expect(JSON.stringify(send(name, model, request, false).body)).toContain('budget_tokens')
  })

  test('thinking stays where any of the history shows it', () => {
    const thinking_blocks = [{ type: 'thinking' as const, thinking: 'I think.', signature: 'c2ln' }]
    const request = {
      messages: [hello, { ...called, thinking_blocks }, result],
      thinking: { type: 'enabled' as const, budget_tokens: 2000 },
    }
    expect(JSON.stringify(send(name, model, request, true).body)).toContain('budget_tokens')
  })

  test('a history of tool calls gets its tools defined by name', () => {
    const { body, told } = send(name, model, { messages: [hello, called, result] }, false)
    expect(JSON.stringify(body.tools ?? body.toolConfig)).toContain('weather')
    expect(told).toContain('approximated tools')
  })
})
