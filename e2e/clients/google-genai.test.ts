import {
  type Content,
  FunctionCallingConfigMode,
  type GenerateContentConfig,
  type GenerateContentResponse,
  type Part,
} from '@google/genai'
import { afterAll, describe, expect, test } from 'vitest'
import { chatModels, pixel, providers, startRig } from '../gateway.ts'
import { gathered } from './gathered.ts'
import { itinerary } from './itinerary.ts'
import { googleClient } from './sdk-clients.ts'

const rig = await startRig()
afterAll(() => rig.close())
const client = googleClient(rig)

const user = (...parts: Part[]): Content => ({ role: 'user', parts })
const hello = user({ text: 'Hello there' })
const functions = [
  { name: 'weather', description: 'Tells the weather', parametersJsonSchema: itinerary },
  { name: 'news', parametersJsonSchema: itinerary },
]
const tools = [{ functionDeclarations: functions }]

/** The parts of a whole answer, or of all the chunks of a streamed one. */
interface Reply {
  readonly parts: readonly Part[]
  readonly last: GenerateContentResponse
}

const partsOf = (chunk: GenerateContentResponse) => chunk.candidates?.[0]?.content?.parts ?? []
const textOf = (reply: Reply, thought = false) =>
  reply.parts
    .filter(part => (part.thought ?? false) === thought)
    .map(part => part.text ?? '')
    .join('')

describe.each(providers)("Google's client, answered by %s", provider => {
  const model = chatModels[provider]

  async function ask(
    contents: Content[],
    config: GenerateContentConfig = {},
    other = model as string,
  ): Promise<Reply[]> {
    const request = { model: other, contents, config }
    const whole = await client.models.generateContent(request)
    const chunks = await gathered(await client.models.generateContentStream(request))
    return [
      { parts: partsOf(whole), last: whole },
      { parts: chunks.flatMap(partsOf), last: chunks.at(-1) as GenerateContentResponse },
    ]
  }

  test('gets text, why it stopped, and the usage', async () => {
    for (const reply of await ask([hello])) {
      expect(textOf(reply)).toBe('You said: Hello there')
      expect(reply.last.candidates?.[0]?.finishReason).toBe('STOP')
      expect(reply.last.usageMetadata).toMatchObject({
        promptTokenCount: 2,
        candidatesTokenCount: 4,
        totalTokenCount: 6,
      })
    }
  })

  test('streams one token at a time', async () => {
    const stream = await client.models.generateContentStream({ model, contents: 'Hello there' })
    const pieces: string[] = []
    for await (const chunk of stream) if (chunk.text) pieces.push(chunk.text)
    expect(pieces).toEqual(['You ', 'said: ', 'Hello ', 'there'])
  })

  test('sends the system instruction', async () => {
    const [reply] = await ask([hello], { systemInstruction: 'Be brief.' })
    expect(reply && textOf(reply)).toBe('You said: Hello there')
    expect(rig.upstream.requests.at(-1)?.raw.toString()).toContain('Be brief.')
  })

  test('calls functions and answers their results', async () => {
    const question = user({ text: 'Use both' })
    for (const { parts } of await ask([question], { tools })) {
      const calls = parts.flatMap(part => part.functionCall ?? [])
      expect(calls.map(call => [call.name, call.args])).toEqual([
        ['weather', { city: 'Paris', days: 1 }],
        ['news', { city: 'Paris', days: 1 }],
      ])
      const results = calls.map(({ id, name }, index) => ({
        functionResponse: {
          ...(id && { id }),
          ...(name && { name }),
          response: { result: `result ${index}` },
        },
      }))
      const history = [question, { role: 'model', parts: [...parts] }, user(...results)]
      for (const final of await ask(history, { tools })) {
        expect(textOf(final)).toMatch(/^The tool answered: .*result 0.*; .*result 1/)
      }
    }
  })

  test('forces one function, and forbids them all', async () => {
    const forced = { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ['news'] }
    for (const { parts } of await ask([hello], { tools, toolConfig: { functionCallingConfig: forced } })) {
      expect(parts.flatMap(part => part.functionCall?.name ?? [])).toEqual(['news'])
    }
    const none = { functionCallingConfig: { mode: FunctionCallingConfigMode.NONE } }
    const [reply] = await ask([hello], { tools, toolConfig: none })
    expect(reply && textOf(reply)).toBe('You said: Hello there')
  })

  test('shows images', async () => {
    const image = { inlineData: { mimeType: 'image/png', data: pixel } }
    for (const reply of await ask([user({ text: 'Look' }, image)])) {
      expect(textOf(reply)).toBe('I see an image of 70 bytes. You said: Look')
    }
  })

  test('gets JSON by a schema', async () => {
    const config = { responseMimeType: 'application/json', responseJsonSchema: itinerary }
    for (const reply of await ask([hello], config)) {
      expect(JSON.parse(textOf(reply))).toEqual({ city: 'Paris', days: 1 })
    }
  })

  test('stops at the output limit and at stop sequences', async () => {
    for (const reply of await ask([user({ text: 'one two three four' })], { maxOutputTokens: 3 })) {
      expect(reply.last.candidates?.[0]?.finishReason).toBe('MAX_TOKENS')
    }
    const [stopped] = await ask([user({ text: 'one two three' })], { stopSequences: ['two'] })
    expect(stopped && textOf(stopped)).not.toContain('two')
  })

  test('thinks', async () => {
    const config = { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 }, maxOutputTokens: 4096 }
    for (const reply of await ask([hello], config, provider === 'openai' ? 'gpt-5' : model)) {
      expect(textOf(reply)).toBe('You said: Hello there')
      if (provider === 'openai') expect(reply.last.usageMetadata?.thoughtsTokenCount).toBe(4)
      else expect(textOf(reply, true)).toBe('Thinking about: Hello there')
    }
  })
})
