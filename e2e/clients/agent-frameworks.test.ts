import type OpenAI from 'openai'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { chatModels, providers, startRig } from '../gateway.ts'
import { gathered } from './gathered.ts'
import { itinerary } from './itinerary.ts'
import { openaiClient } from './sdk-clients.ts'

const rig = await startRig()
afterAll(() => rig.close())
beforeEach(() => rig.upstream.reset())
const client = openaiClient(rig)

/** What LangChain and its like send besides the messages, whether or not anybody set it. */
const habits = {
  n: 1,
  temperature: 0.7,
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  stop: null,
  user: 'user-1',
} as const
const tools: OpenAI.ChatCompletionTool[] = ['search', 'lookup', 'finish'].map(name => ({
  type: 'function',
  function: { name, description: `Use it to ${name}`, parameters: itinerary, strict: true },
}))

describe.each(providers)('an agent framework answered by %s', provider => {
  const model = chatModels[provider]
  // Google and Anthropic know no penalties; frameworks are run with `drop_params` in the request or the config.
  const ask = { ...habits, model, ...(provider === 'openai' ? {} : { drop_params: true }) }

  test('streams parallel tool calls by index, with the usage in the last chunk', async () => {
    const stream = await client.chat.completions.create({
      ...ask,
      messages: [
        { role: 'system', content: 'You are an agent.' },
        { role: 'user', content: 'Use both' },
      ],
      tools,
      tool_choice: 'auto',
      parallel_tool_calls: true,
      stream: true,
      stream_options: { include_usage: true },
    })
    const chunks = await gathered(stream)
    const last = chunks.at(-1)
    expect(last?.choices).toEqual([])
    expect(last?.usage?.total_tokens).toBeGreaterThan(0)
    expect(new Set(chunks.map(chunk => chunk.id)).size).toBe(1)
    const deltas = chunks.flatMap(chunk => chunk.choices[0]?.delta.tool_calls ?? [])
    const calls = [0, 1].map(index => {
      const own = deltas.filter(delta => delta.index === index)
      expect(own[0]?.id).toMatch(/\S/)
      return [own[0]?.function?.name, own.map(delta => delta.function?.arguments ?? '').join('')]
    })
    expect(calls).toEqual([
      ['search', '{"city":"Paris","days":1}'],
      ['lookup', '{"city":"Paris","days":1}'],
    ])
    expect(chunks.map(chunk => chunk.choices[0]?.finish_reason).filter(Boolean)).toEqual(['tool_calls'])
  })

  test('gives back a history with empty and null contents', async () => {
    const call = {
      id: 'call_1',
      type: 'function' as const,
      function: { name: 'search', arguments: '{"city":"Rome","days":2}' },
    }
    const reply = await client.chat.completions.create({
      ...ask,
      tools,
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Where to?' }] },
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'call_1', content: [{ type: 'text', text: 'Rome' }] },
      ],
    })
    expect(reply.choices[0]?.message.content).toContain('Rome')
  })

  test('asks for a structured answer', async () => {
    const reply = await client.chat.completions.parse({
      ...ask,
      messages: [{ role: 'user', content: 'Plan' }],
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'trip', strict: true, schema: itinerary },
      },
    })
    expect(reply.choices[0]?.message.parsed).toEqual({ city: 'Paris', days: 1 })
  })
})

test('without drop_params, a parameter the provider does not know is refused by name', async () => {
  const asked = client.chat.completions.create({
    model: chatModels.anthropic,
    messages: [{ role: 'user', content: 'Hi' }],
    logit_bias: { '50256': -100 },
  })
  await expect(asked).rejects.toMatchObject({ status: 400, message: expect.stringContaining('logit_bias') })
})
