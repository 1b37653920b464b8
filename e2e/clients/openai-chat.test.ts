import type OpenAI from 'openai'
import { afterAll, describe, expect, test } from 'vitest'
import { chatModels, pixel, providers, startRig } from '../gateway.ts'
import { itinerary } from './itinerary.ts'
import { openaiClient } from './sdk-clients.ts'

const rig = await startRig()
afterAll(() => rig.close())
const client = openaiClient(rig)

type Message = OpenAI.ChatCompletionMessageParam

const user = (content: string): Message => ({ role: 'user', content })
/** The client's own streaming fields, which OpenAI would refuse. */
const withoutParsed = (message: Message): Message =>
  JSON.parse(
    JSON.stringify(message, (key, value) => (key.startsWith('parsed') ? undefined : value)),
  ) as Message
const tools: OpenAI.ChatCompletionTool[] = [
  {
    type: 'function',
    function: { name: 'weather', description: 'Tells the weather', parameters: itinerary },
  },
  { type: 'function', function: { name: 'news', parameters: itinerary } },
]

describe.each(providers)('the OpenAI client, answered by %s', provider => {
  const model = chatModels[provider]

  async function ask(messages: Message[], more: object = {}): Promise<OpenAI.ChatCompletion[]> {
    const request = { model, messages, ...more }
    const whole = await client.chat.completions.create(request)
    const streamed = await client.chat.completions
      .stream({ ...request, stream_options: { include_usage: true } })
      .finalChatCompletion()
    return [whole, streamed]
  }

  test('gets text, why it stopped, and the usage', async () => {
    for (const reply of await ask([user('Hello there')])) {
      expect(reply.object).toBe('chat.completion')
      expect(reply.choices).toHaveLength(1)
      expect(reply.choices[0]).toMatchObject({
        index: 0,
        finish_reason: 'stop',
        message: { role: 'assistant', content: 'You said: Hello there' },
      })
      expect(reply.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 4, total_tokens: 6 })
    }
  })

  test('streams one token at a time, and the usage only when asked', async () => {
    const stream = await client.chat.completions.create({
      model,
      messages: [user('Hello there')],
      stream: true,
    })
    const pieces: string[] = []
    for await (const chunk of stream) {
      expect(chunk.object).toBe('chat.completion.chunk')
      expect(chunk.usage ?? null).toBeNull()
      if (chunk.choices[0]?.delta.content) pieces.push(chunk.choices[0].delta.content)
    }
    expect(pieces).toEqual(['You ', 'said: ', 'Hello ', 'there'])
  })

  test('sends system and developer prompts where the vendor wants them', async () => {
    for (const role of ['system', 'developer'] as const) {
      const [reply] = await ask([{ role, content: 'Be brief.' }, user('Hello there')])
      expect(reply?.choices[0]?.message.content).toBe('You said: Hello there')
      expect(rig.upstream.requests.at(-1)?.raw.toString()).toContain('Be brief.')
    }
  })

  test('calls tools and answers their results', async () => {
    const question = user('Use both')
    for (const reply of await ask([question], { tools })) {
      expect(reply.choices[0]?.finish_reason).toBe('tool_calls')
      const { message } = reply.choices[0] as OpenAI.ChatCompletion.Choice
      const calls = (message.tool_calls ?? []).flatMap(call => (call.type === 'function' ? call : []))
      expect(calls.map(call => [call.function.name, JSON.parse(call.function.arguments)])).toEqual([
        ['weather', { city: 'Paris', days: 1 }],
        ['news', { city: 'Paris', days: 1 }],
      ])
      expect(new Set(calls.map(call => call.id)).size).toBe(2)
      const results = calls.map(
        (call, index): Message => ({ role: 'tool', tool_call_id: call.id, content: `result ${index}` }),
      )
      for (const final of await ask([question, withoutParsed(message), ...results], { tools })) {
        expect(final.choices[0]?.message.content).toBe('The tool answered: result 0; result 1')
      }
    }
  })

  test('forces one tool, and forbids them all', async () => {
    const forced = await ask([user('Go')], {
      tools,
      tool_choice: { type: 'function', function: { name: 'news' } },
    })
    for (const reply of forced) {
      expect(reply.choices[0]?.message.tool_calls).toMatchObject([{ function: { name: 'news' } }])
    }
    const [none] = await ask([user('Go')], { tools, tool_choice: 'none' })
    expect(none?.choices[0]?.message.content).toBe('You said: Go')
  })

  test('shows images', async () => {
    const image = { type: 'image_url' as const, image_url: { url: `data:image/png;base64,${pixel}` } }
    const content = [{ type: 'text' as const, text: 'Look' }, image]
    for (const reply of await ask([{ role: 'user', content }])) {
      expect(reply.choices[0]?.message.content).toBe('I see an image of 70 bytes. You said: Look')
    }
  })

  test('gets JSON by a schema, and JSON without one', async () => {
    const schema = { name: 'trip', strict: true, schema: itinerary }
    for (const reply of await ask([user('Plan')], {
      response_format: { type: 'json_schema', json_schema: schema },
    })) {
      expect(JSON.parse(reply.choices[0]?.message.content ?? '')).toEqual({ city: 'Paris', days: 1 })
      expect(reply.choices[0]?.finish_reason).toBe('stop')
    }
    if (provider === 'anthropic') return // Has no JSON without a schema.
    const [any] = await ask([user('Plan as JSON')], { response_format: { type: 'json_object' } })
    expect(JSON.parse(any?.choices[0]?.message.content ?? '')).toBeTypeOf('object')
  })

  test('stops at the output limit and at stop words', async () => {
    for (const reply of await ask([user('one two three four five')], { max_tokens: 3 })) {
      expect(reply.choices[0]).toMatchObject({
        finish_reason: 'length',
        message: { content: 'You said: one ' },
      })
    }
    const [stopped] = await ask([user('one two three')], { stop: ['two'] })
    expect(stopped?.choices[0]).toMatchObject({ finish_reason: 'stop' })
    expect(stopped?.choices[0]?.message.content).not.toContain('two')
  })

  test('thinks', async () => {
    const replies = await ask([user('Hello there')], {
      model: provider === 'openai' ? 'gpt-5' : model,
      reasoning_effort: 'low',
      max_completion_tokens: 4096,
    })
    for (const reply of replies) {
      const message = reply.choices[0]?.message as { content: string; reasoning_content?: string }
      expect(message.content).toBe('You said: Hello there')
      if (provider === 'openai') {
        // OpenAI only counts it.
        expect(reply.usage?.completion_tokens_details?.reasoning_tokens).toBe(4)
      } else expect(message.reasoning_content).toBe('Thinking about: Hello there')
    }
  })
})
