import type Anthropic from '@anthropic-ai/sdk'
import { afterAll, describe, expect, test } from 'vitest'
import { chatModels, pixel, providers, startRig } from '../gateway.ts'
import { itinerary } from './itinerary.ts'
import { anthropicClient } from './sdk-clients.ts'

const rig = await startRig()
afterAll(() => rig.close())
const client = anthropicClient(rig)

type Message = Anthropic.MessageParam

const user = (content: Message['content']): Message => ({ role: 'user', content })
const tools: Anthropic.Tool[] = [
  { name: 'weather', description: 'Tells the weather', input_schema: itinerary },
  { name: 'news', input_schema: itinerary },
]

describe.each(providers)('the Anthropic client, answered by %s', provider => {
  const model = chatModels[provider]

  async function ask(messages: Message[], more: object = {}): Promise<Anthropic.Message[]> {
    const request = { model, max_tokens: 4096, messages, ...more }
    return [await client.messages.create(request), await client.messages.stream(request).finalMessage()]
  }

  test('gets text, why it stopped, and the usage', async () => {
    for (const reply of await ask([user('Hello there')])) {
      expect(reply).toMatchObject({
        type: 'message',
        role: 'assistant',
        stop_reason: 'end_turn',
        stop_sequence: null,
      })
      expect(reply.content).toMatchObject([{ type: 'text', text: 'You said: Hello there' }])
      expect(reply.usage).toMatchObject({ input_tokens: 2, output_tokens: 4 })
    }
  })

  test('streams the documented events in their order', async () => {
    const types: string[] = []
    const stream = client.messages.stream({ model, max_tokens: 100, messages: [user('Hello there')] })
    stream.on('streamEvent', event => types.push(event.type))
    await stream.done()
    expect(types.filter((type, index) => type !== 'ping' && type !== types[index - 1])).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
    expect(types.filter(type => type === 'content_block_delta').length).toBeGreaterThanOrEqual(4)
  })

  test('sends system prompts, as text and as blocks', async () => {
    for (const system of ['Be brief.', [{ type: 'text', text: 'Be brief.' }]]) {
      const [reply] = await ask([user('Hello there')], { system })
      expect(reply?.content).toMatchObject([{ text: 'You said: Hello there' }])
      expect(rig.upstream.requests.at(-1)?.raw.toString()).toContain('Be brief.')
    }
  })

  test('calls tools and answers their results', async () => {
    for (const reply of await ask([user('Use both')], { tools })) {
      expect(reply.stop_reason).toBe('tool_use')
      const calls = reply.content.filter(block => block.type === 'tool_use')
      expect(calls.map(call => [call.name, call.input])).toEqual([
        ['weather', { city: 'Paris', days: 1 }],
        ['news', { city: 'Paris', days: 1 }],
      ])
      const results = calls.map((call, index) => ({
        type: 'tool_result' as const,
        tool_use_id: call.id,
        content: `result ${index}`,
      }))
      const history = [
        user('Use both'),
        { role: 'assistant' as const, content: reply.content },
        user(results),
      ]
      for (const final of await ask(history, { tools })) {
        expect(final.content).toMatchObject([{ type: 'text', text: 'The tool answered: result 0; result 1' }])
      }
    }
  })

  test('forces one tool, and one call at a time', async () => {
    for (const reply of await ask([user('Go')], { tools, tool_choice: { type: 'tool', name: 'news' } })) {
      expect(reply.content).toMatchObject([{ type: 'tool_use', name: 'news' }])
    }
    if (provider === 'gemini') return // Cannot be told to make one call at a time.
    const [single] = await ask([user('Use both')], {
      tools,
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    })
    expect(single?.content.filter(block => block.type === 'tool_use')).toHaveLength(1)
  })

  test('shows images', async () => {
    const image = {
      type: 'image' as const,
      source: { type: 'base64' as const, media_type: 'image/png' as const, data: pixel },
    }
    for (const reply of await ask([user([{ type: 'text', text: 'Look' }, image])])) {
      expect(reply.content).toMatchObject([{ text: 'I see an image of 70 bytes. You said: Look' }])
    }
  })

  test('gets JSON by a schema', async () => {
    const output_config = { format: { type: 'json_schema', schema: itinerary } }
    for (const reply of await ask([user('Plan')], { output_config })) {
      const [block] = reply.content
      expect(block?.type === 'text' && JSON.parse(block.text)).toEqual({ city: 'Paris', days: 1 })
    }
  })

  test('stops at the output limit and at stop sequences', async () => {
    for (const reply of await ask([user('one two three four')], { max_tokens: 3 })) {
      expect(reply.stop_reason).toBe('max_tokens')
    }
    const [stopped] = await ask([user('one two three')], { stop_sequences: ['two'] })
    expect(JSON.stringify(stopped?.content)).not.toContain('two')
    // OpenAI and Google do not tell which word it was, or that it was one.
    if (provider === 'anthropic') {
      expect(stopped).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'two' })
    }
  })

  test('thinks', async () => {
    const thinking = { type: 'enabled', budget_tokens: 1024 }
    const replies = await ask([user('Hello there')], {
      thinking,
      model: provider === 'openai' ? 'gpt-5' : model,
    })
    for (const reply of replies) {
      expect(reply.content.at(-1)).toMatchObject({ type: 'text', text: 'You said: Hello there' })
      if (provider === 'openai') continue // Only counts it.
      expect(reply.content[0]).toMatchObject({ type: 'thinking', thinking: 'Thinking about: Hello there' })
    }
  })

  test.skipIf(provider === 'openai')('gives thinking back unchanged after a tool call', async () => {
    const more = { tools, thinking: { type: 'enabled', budget_tokens: 1024 } }
    for (const reply of await ask([user('Hello there')], more)) {
      const call = reply.content.find(block => block.type === 'tool_use')
      expect(reply.content[0]?.type).toBe('thinking')
      const result = { type: 'tool_result' as const, tool_use_id: call?.id ?? '', content: 'sunny' }
      const [final] = await ask(
        [user('Hello there'), { role: 'assistant', content: reply.content }, user([result])],
        more,
      )
      expect(final?.content.at(-1)).toMatchObject({ type: 'text', text: 'The tool answered: sunny' })
    }
  })
})
