import type Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { chatModels, providers, startRig } from '../gateway.ts'
import { spendLog } from '../spend-log.ts'
import { itinerary } from './itinerary.ts'
import { anthropicClient } from './sdk-clients.ts'

const rig = await startRig()
afterAll(() => rig.close())
beforeEach(() => rig.upstream.reset())
const client = anthropicClient(rig)

const ephemeral = { cache_control: { type: 'ephemeral' as const } }
const manual = 'Read the file before you edit it. '.repeat(500)
const toolNames = [
  'Bash',
  'Edit',
  'Glob',
  'Grep',
  'Read',
  'TodoWrite',
  'WebFetch',
  'Write',
  'Task',
  'mcp__jira__search',
]
const betas = [
  'claude-code-20250219',
  'interleaved-thinking-2025-05-14',
  'fine-grained-tool-streaming-2025-05-14',
]

/** What a coding agent sends: long cached instructions, many tools, thinking, and the conversation so far. */
function agentRequest(model: string, messages: Anthropic.Beta.BetaMessageParam[]) {
  return {
    model,
    betas,
    max_tokens: 20_000,
    system: [
      { type: 'text' as const, text: 'You are a coding agent.', ...ephemeral },
      { type: 'text' as const, text: manual, ...ephemeral },
    ],
    tools: toolNames.map(name => ({ name, description: `${name}: ${manual}`, input_schema: itinerary })),
    thinking: { type: 'enabled' as const, budget_tokens: 10_000 },
    metadata: { user_id: 'user_abc_account__session_0b1c' },
    messages,
  }
}

const ask: Anthropic.Beta.BetaMessageParam = {
  role: 'user',
  content: [
    { type: 'text', text: '<system-reminder>Be careful.</system-reminder>' },
    { type: 'text', text: 'Fix the test', ...ephemeral },
  ],
}

describe.each(providers)('a coding agent answered by %s', provider => {
  const model = provider === 'openai' ? 'gpt-5' : chatModels[provider]

  test('calls a tool in a stream and goes on with its result', async () => {
    const first = await client.beta.messages.stream(agentRequest(model, [ask])).finalMessage()
    expect(first.stop_reason).toBe('tool_use')
    const call = first.content.find(block => block.type === 'tool_use')
    expect(call).toMatchObject({ name: 'Bash', input: { city: 'Paris', days: 1 } })
    const result: Anthropic.Beta.BetaMessageParam = {
      role: 'user',
      content: [
        {
          type: 'tool_result',
          tool_use_id: call?.id ?? '',
          content: [{ type: 'text', text: 'ok' }],
          ...ephemeral,
        },
      ],
    }
    const history = [ask, { role: 'assistant' as const, content: first.content }, result]
    const second = await client.beta.messages.stream(agentRequest(model, history)).finalMessage()
    expect(second.stop_reason).toBe('end_turn')
    expect(second.content.at(-1)).toMatchObject({ type: 'text', text: 'The tool answered: ok' })
  })

  test('counts the tokens of its context first', async () => {
    const { max_tokens: _, metadata: __, ...request } = agentRequest(model, [ask])
    expect((await client.beta.messages.countTokens(request)).input_tokens).toBeGreaterThan(5_000)
  })
})

test('beta switches reach Anthropic, and cached prompts are read there and charged as such', async () => {
  const request = agentRequest(chatModels.anthropic, [ask])
  const written = await client.beta.messages.create(request)
  const { data: read, response } = await client.beta.messages.create(request).withResponse()
  expect(written.usage.cache_creation_input_tokens).toBeGreaterThan(1_000)
  expect(read.usage.cache_read_input_tokens).toBe(written.usage.cache_creation_input_tokens)
  for (const sent of rig.upstream.requests) {
    expect(sent.headers['anthropic-beta']).toBe(betas.join(','))
    expect(JSON.stringify(sent.body)).toContain('"cache_control":{"type":"ephemeral"}')
  }
  const { metadata } = await spendLog(rig, response)
  expect(metadata.usage_object).toMatchObject({ cache_read_input_tokens: read.usage.cache_read_input_tokens })
})

test('switches and cache marks it sends are no reason to fail elsewhere', async () => {
  for (const model of [chatModels.openai, chatModels.gemini]) {
    const { thinking: _, ...request } = agentRequest(model, [ask])
    await client.beta.messages.create({ ...request, max_tokens: 100 })
    expect(rig.upstream.requests.at(-1)?.raw.toString()).not.toContain('cache_control')
  }
})
