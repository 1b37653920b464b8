import OpenAI from 'openai'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { startUpstream } from '../../upstream.ts'

const upstream = await startUpstream()
beforeEach(() => upstream.reset())
afterAll(() => upstream.close())

const client = new OpenAI({ apiKey: 'key', baseURL: upstream.baseUrl('openai'), maxRetries: 0 })
const parameters = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}
const weather = { type: 'function' as const, name: 'weather', parameters, strict: true }
const hello = { model: 'gpt-5', input: 'Hello there' }

test('a response is answered whole, with its usage', async () => {
  const response = await client.responses.create({ ...hello, instructions: 'Be kind' })
  expect(response).toMatchObject({
    status: 'completed',
    output_text: 'You said: Hello there',
    model: 'gpt-5',
  })
  expect(response.usage).toMatchObject({ input_tokens: 4, output_tokens: 4, total_tokens: 8 })
})

test('a stream has the same response, in named and numbered events', async () => {
  const stream = client.responses.stream({
    ...hello,
    reasoning: { effort: 'low', summary: 'auto' },
    tools: [weather],
  })
  const events: { type: string; sequence_number: number }[] = []
  for await (const event of stream) events.push(event)
  const final = await stream.finalResponse()
  const names = [...new Set(events.map(event => event.type.replace('response.', '')))]
  expect(names).toEqual([
    'created',
    'in_progress',
    'output_item.added',
    'reasoning_summary_part.added',
    'reasoning_summary_text.delta',
    'reasoning_summary_text.done',
    'reasoning_summary_part.done',
    'output_item.done',
    'function_call_arguments.delta',
    'function_call_arguments.done',
    'completed',
  ])
  expect(events.map(event => event.sequence_number)).toEqual(events.map((_, index) => index))
  expect(final.output.map(item => item.type)).toEqual(['reasoning', 'function_call'])
  const text = await client.responses.stream(hello).finalResponse()
  expect(text.output_text).toBe('You said: Hello there')
})

test('tool results are answered, sent back or by the id of the response', async () => {
  const first = await client.responses.create({ ...hello, tools: [weather], reasoning: { effort: 'low' } })
  const call = first.output.find(item => item.type === 'function_call')
  if (!call) throw new Error('no call')
  expect(JSON.parse(call.arguments)).toEqual({ city: 'Paris' })
  const output = { type: 'function_call_output' as const, call_id: call.call_id, output: 'sunny' }
  const question = { role: 'user' as const, content: 'Hello there' }
  const tools = [weather]
  const replayed = await client.responses.create({
    model: 'gpt-5',
    tools,
    input: [question, ...first.output, output] as OpenAI.Responses.ResponseInput,
  })
  expect(replayed.output_text).toBe('The tool answered: sunny')
  const continued = await client.responses.create({
    model: 'gpt-5',
    tools,
    previous_response_id: first.id,
    input: [output],
  })
  expect(continued.output_text).toBe('The tool answered: sunny')
})

test.each<[string, object, string]>([
  ['a field of chat', { messages: [] }, "Unknown parameter: 'messages'"],
  ['a chat part', { input: [{ role: 'user', content: [{ type: 'text', text: 'a' }] }] }, "'input_text'"],
  [
    'an input part of the assistant',
    { input: [{ role: 'assistant', content: [{ type: 'input_text', text: 'a' }] }] },
    "'output_text'",
  ],
  ['a nested function tool', { tools: [{ type: 'function', function: { name: 'f' } }] }, "'tools[0].name'"],
  ['an unknown earlier response', { previous_response_id: 'resp_none' }, "'resp_none' not found"],
  [
    'a result without its call',
    { input: [{ type: 'function_call_output', call_id: 'c', output: '' }] },
    'No tool call found',
  ],
  [
    'a call without its result',
    { input: [{ type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }] },
    'No tool output found',
  ],
  [
    'reasoning that stands alone',
    { input: [{ type: 'reasoning', id: 'rs_1', summary: [] }] },
    'required following item',
  ],
  ['an id of another kind', { input: [{ type: 'reasoning', id: 'x', summary: [] }] }, "begins with 'rs'"],
  ['a temperature for a reasoning model', { temperature: 0.5 }, 'not supported with this model'],
  ['JSON mode without the word', { text: { format: { type: 'json_object' } } }, "word 'json'"],
  ['too small a limit', { max_output_tokens: 5 }, "'max_output_tokens'"],
])('%s is refused', async (_what, fields, message) => {
  await expect(client.responses.create({ ...hello, ...fields })).rejects.toThrow(message)
})

test('a cut answer is incomplete, whole and streamed', async () => {
  upstream.script({ times: 2, reply: { text: 'Half', finish: 'length' } })
  const whole = await client.responses.create(hello)
  expect(whole).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } })
  const names: string[] = []
  for await (const event of await client.responses.create({ ...hello, stream: true })) names.push(event.type)
  expect(names.at(-1)).toBe('response.incomplete')
})

test('an error event ends a failing stream', async () => {
  const stream = await client.responses.create({ ...hello, model: 'testkit-error-event', stream: true })
  const read = async () => {
    for await (const event of stream) if (event.type === 'error') throw new Error(event.message)
  }
  await expect(read()).rejects.toThrow('overloaded')
})

test('a stored response is retrieved, listed, and deleted; an unstored one is not found', async () => {
  const { id } = await client.responses.create(hello)
  expect((await client.responses.retrieve(id)).output_text).toBe('You said: Hello there')
  const items = await client.responses.inputItems.list(id)
  expect(items.data).toMatchObject([{ role: 'user', content: 'Hello there' }])
  await client.responses.delete(id)
  await expect(client.responses.retrieve(id)).rejects.toMatchObject({ status: 404 })
  const unstored = await client.responses.create({ ...hello, store: false })
  await expect(client.responses.retrieve(unstored.id)).rejects.toMatchObject({ status: 404 })
})

test('a response in the background is polled or cancelled', async () => {
  const ask = { ...hello, background: true }
  const { id, status } = await client.responses.create(ask)
  expect(status).toBe('queued')
  expect((await client.responses.retrieve(id)).status).toBe('in_progress')
  expect(await client.responses.retrieve(id)).toMatchObject({
    status: 'completed',
    output_text: 'You said: Hello there',
  })
  const other = await client.responses.create(ask)
  expect((await client.responses.cancel(other.id)).status).toBe('cancelled')
})

test('reasoning is sealed when it is included, and a foreign seal is refused', async () => {
  const ask = {
    ...hello,
    reasoning: { effort: 'low' as const },
    include: ['reasoning.encrypted_content' as const],
  }
  const { output } = await client.responses.create({ ...ask, store: false })
  const [reasoning, message] = output
  if (reasoning?.type !== 'reasoning' || message?.type !== 'message') throw new Error('no reasoning')
  expect(reasoning.encrypted_content).toBeTruthy()
  const again = (seal: string | null | undefined) =>
    client.responses.create({
      ...hello,
      input: [{ ...reasoning, encrypted_content: seal ?? null }, message, { role: 'user', content: 'And?' }],
    })
  expect((await again(reasoning.encrypted_content)).output_text).toBe('You said: And?')
  await expect(again('forged')).rejects.toMatchObject({ code: 'invalid_encrypted_content' })
})
