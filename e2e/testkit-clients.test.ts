import Anthropic from '@anthropic-ai/sdk'
import { ApiError, type Content, GoogleGenAI, Type } from '@google/genai'
import { startUpstream } from '@sluice/testkit'
import OpenAI, { AzureOpenAI } from 'openai'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'

const upstream = await startUpstream()
beforeEach(() => upstream.reset())
afterAll(() => upstream.close())

const parameters = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer' } },
  required: ['city', 'days'],
  additionalProperties: false,
}
const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

describe('the OpenAI client', () => {
  const client = new OpenAI({ apiKey: 'key', baseURL: upstream.baseUrl('openai'), maxRetries: 0 })
  const hello = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'Hello there' }] }
  const tools = [
    { type: 'function' as const, function: { name: 'weather', parameters, strict: true } },
    { type: 'function' as const, function: { name: 'news', parameters } },
  ]

  test('gets a whole answer with its usage', async () => {
    const reply = await client.chat.completions.create(hello)
    expect(reply.choices[0]?.message.content).toBe('You said: Hello there')
    expect(reply.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 4, total_tokens: 6 })
  })

  test('streams the same answer and the usage', async () => {
    const stream = client.chat.completions.stream({ ...hello, stream_options: { include_usage: true } })
    const reply = await stream.finalChatCompletion()
    expect(reply.choices[0]?.message.content).toBe('You said: Hello there')
    expect(reply.choices[0]?.finish_reason).toBe('stop')
    expect(reply.usage?.total_tokens).toBe(6)
  })

  test('calls tools, whole and streamed, and answers their results', async () => {
    const question = { ...hello, messages: [{ role: 'user' as const, content: 'Use both' }], tools }
    const streamed = await client.chat.completions.stream(question).finalChatCompletion()
    const message = (await client.chat.completions.create(question)).choices[0]?.message
    if (!message?.tool_calls) throw new Error('no tool calls')
    const calls = message.tool_calls.map(call => (call.type === 'function' ? call.function : undefined))
    expect(calls).toEqual([
      { name: 'weather', arguments: '{"city":"Paris","days":1}' },
      { name: 'news', arguments: '{"city":"Paris","days":1}' },
    ])
    expect(
      streamed.choices[0]?.message.tool_calls?.map(call => call.type === 'function' && call.function),
    ).toMatchObject(calls)
    const results = message.tool_calls.map(call => ({
      role: 'tool' as const,
      tool_call_id: call.id,
      content: 'sunny',
    }))
    const final = await client.chat.completions.create({
      ...question,
      messages: [...question.messages, message, ...results],
    })
    expect(final.choices[0]?.message.content).toBe('The tool answered: sunny; sunny')
    await expect(
      client.chat.completions.create({ ...question, messages: [...question.messages, message] }),
    ).rejects.toThrow(/must be followed by tool messages/)
  })

  test('gets JSON that satisfies its schema, reasoning tokens, and sees images', async () => {
    const structured = await client.chat.completions.create({
      ...hello,
      reasoning_effort: 'high',
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'trip', strict: true, schema: parameters },
      },
    })
    expect(JSON.parse(structured.choices[0]?.message.content ?? '')).toEqual({ city: 'Paris', days: 1 })
    expect(structured.usage?.completion_tokens_details?.reasoning_tokens).toBe(4)
    const seen = await client.chat.completions.create({
      ...hello,
      messages: [
        {
          role: 'user',
          content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } }],
        },
      ],
    })
    expect(seen.choices[0]?.message.content).toContain('I see an image of 70 bytes.')
  })

  test('embeds, as floats and as base64', async () => {
    // Unless told otherwise this client asks for base64 and decodes it itself.
    const decoded = await client.embeddings.create({
      model: 'text-embedding-3-small',
      input: ['a', 'b'],
      dimensions: 8,
    })
    const floats = await client.embeddings.create({
      model: 'text-embedding-3-small',
      input: 'a',
      dimensions: 8,
      encoding_format: 'float',
    })
    expect(
      upstream.requests.map(request => (request.body as { encoding_format: string }).encoding_format),
    ).toEqual(['base64', 'float'])
    expect(decoded.data).toHaveLength(2)
    expect(decoded.data[0]?.embedding).toEqual(floats.data[0]?.embedding)
  })

  test('lists models', async () => {
    expect((await client.models.list()).data.map(model => model.id)).toContain('gpt-4o')
    expect((await client.models.retrieve('o3')).id).toBe('o3')
  })

  test.each([
    ['testkit-400', OpenAI.BadRequestError],
    ['testkit-401', OpenAI.AuthenticationError],
    ['testkit-403', OpenAI.PermissionDeniedError],
    ['testkit-404', OpenAI.NotFoundError],
    ['testkit-429', OpenAI.RateLimitError],
    ['testkit-500', OpenAI.InternalServerError],
    ['testkit-context', OpenAI.BadRequestError],
    ['testkit-hangup', OpenAI.APIConnectionError],
  ])('maps %s to its error class', async (model, type) => {
    await expect(client.chat.completions.create({ ...hello, model })).rejects.toBeInstanceOf(type)
  })

  test('is told the field that is wrong', async () => {
    const wrong = client.chat.completions.create({ ...hello, max_output: 5 } as typeof hello)
    await expect(wrong).rejects.toMatchObject({ status: 400, param: 'max_output', code: 'unknown_parameter' })
    const stranger = new OpenAI({ apiKey: 'bad-key', baseURL: upstream.baseUrl('openai') })
    await expect(stranger.models.list()).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' })
  })

  test('throws on an error event in a stream', async () => {
    const stream = await client.chat.completions.create({
      ...hello,
      model: 'testkit-error-event',
      stream: true,
    })
    const drain = async () => {
      for await (const _chunk of stream) continue
    }
    await expect(drain()).rejects.toThrow(/overloaded/)
  })

  test('works with Azure paths', async () => {
    const azure = new AzureOpenAI({
      apiKey: 'key',
      endpoint: upstream.baseUrl('azure'),
      apiVersion: '2024-10-21',
      deployment: 'my-deployment',
      maxRetries: 0,
    })
    const reply = await azure.chat.completions.create(hello)
    expect(reply.choices[0]?.message.content).toBe('You said: Hello there')
    expect(upstream.requests.at(-1)?.path).toBe('/openai/deployments/my-deployment/chat/completions')
    const streamed = await azure.chat.completions.stream(hello).finalChatCompletion()
    expect(streamed.choices[0]?.message.content).toBe('You said: Hello there')
    const unified = new OpenAI({ apiKey: 'key', baseURL: `${upstream.url}/openai/v1`, maxRetries: 0 })
    expect((await unified.chat.completions.create(hello)).model).toBe('gpt-4o')
  })
})

describe('the Anthropic client', () => {
  const client = new Anthropic({ apiKey: 'key', baseURL: upstream.baseUrl('anthropic'), maxRetries: 0 })
  const hello = {
    model: 'claude-sonnet-4-6',
    max_tokens: 2048,
    messages: [{ role: 'user' as const, content: 'Hello there' }],
  }
  const input_schema = { ...parameters, type: 'object' as const }
  const tools = [
    { name: 'weather', input_schema },
    { name: 'news', input_schema },
  ]

  test('gets a whole answer with its usage', async () => {
    const reply = await client.messages.create(hello)
    expect(reply.content).toEqual([{ type: 'text', text: 'You said: Hello there' }])
    expect(reply.stop_reason).toBe('end_turn')
    expect(reply.usage).toMatchObject({ input_tokens: 2, output_tokens: 4 })
  })

  test('streams thinking and text in the order of the documented events', async () => {
    const request = { ...hello, thinking: { type: 'enabled' as const, budget_tokens: 1024 } }
    const stream = client.messages.stream(request)
    const types: string[] = []
    stream.on('streamEvent', event => types.push(event.type))
    const reply = await stream.finalMessage()
    expect(reply.content).toEqual((await client.messages.create(request)).content)
    expect(reply.content.map(block => block.type)).toEqual(['thinking', 'text'])
    expect(types.filter((type, index) => type !== types[index - 1])).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
    expect(reply.usage.output_tokens).toBe(8)
  })

  test('calls tools with thinking and answers results that come back with the signature', async () => {
    const question = {
      ...hello,
      tools,
      thinking: { type: 'enabled' as const, budget_tokens: 1024 },
      messages: [{ role: 'user' as const, content: 'Use both' }],
    }
    const streamed = await client.messages.stream(question).finalMessage()
    const reply = await client.messages.create(question)
    expect(reply.stop_reason).toBe('tool_use')
    expect(streamed.content.map(block => (block.type === 'tool_use' ? block.input : block.type))).toEqual([
      'thinking',
      { city: 'Paris', days: 1 },
      { city: 'Paris', days: 1 },
    ])
    const results = reply.content
      .filter(block => block.type === 'tool_use')
      .map(block => ({ type: 'tool_result' as const, tool_use_id: block.id, content: 'sunny' }))
    const continued = (content: Anthropic.ContentBlock[]) => ({
      ...question,
      messages: [
        ...question.messages,
        { role: 'assistant' as const, content },
        { role: 'user' as const, content: results },
      ],
    })
    const final = await client.messages.create(continued(reply.content))
    expect(final.content.at(-1)).toMatchObject({ text: 'The tool answered: sunny; sunny' })
    const forged = reply.content.map(block =>
      block.type === 'thinking' ? { ...block, thinking: 'other' } : block,
    )
    await expect(client.messages.create(continued(forged))).rejects.toThrow(
      /Invalid `signature` in `thinking` block/,
    )
    const unthinking = reply.content.filter(block => block.type !== 'thinking')
    await expect(client.messages.create(continued(unthinking))).rejects.toThrow(
      /must start with a thinking block/,
    )
  })

  test('gets structured output, sees images and counts tokens', async () => {
    const structured = await client.messages.create({
      ...hello,
      output_config: { format: { type: 'json_schema', schema: parameters } },
    })
    expect(structured.content[0]).toMatchObject({ text: '{"city":"Paris","days":1}' })
    const image = {
      type: 'image' as const,
      source: { type: 'base64' as const, media_type: 'image/png' as const, data: pixel },
    }
    const seen = await client.messages.create({ ...hello, messages: [{ role: 'user', content: [image] }] })
    expect(seen.content[0]).toMatchObject({ text: expect.stringContaining('I see an image of 70 bytes.') })
    const { model, messages } = hello
    expect(await client.messages.countTokens({ model, messages })).toEqual({ input_tokens: 2 })
  })

  test('lists models', async () => {
    expect((await client.models.list()).data.map(model => model.id)).toContain('claude-sonnet-4-6')
  })

  test.each([
    ['testkit-400', Anthropic.BadRequestError],
    ['testkit-401', Anthropic.AuthenticationError],
    ['testkit-403', Anthropic.PermissionDeniedError],
    ['testkit-404', Anthropic.NotFoundError],
    ['testkit-429', Anthropic.RateLimitError],
    ['testkit-overloaded', Anthropic.InternalServerError],
    ['testkit-context', Anthropic.BadRequestError],
    ['testkit-hangup', Anthropic.APIConnectionError],
  ])('maps %s to its error class', async (model, type) => {
    await expect(client.messages.create({ ...hello, model })).rejects.toBeInstanceOf(type)
  })

  test('is told the field that is wrong', async () => {
    const { max_tokens: _, ...unlimited } = hello
    await expect(client.messages.create(unlimited as typeof hello)).rejects.toThrow(
      /max_tokens: Field required/,
    )
    await expect(client.messages.create({ ...hello, stop: ['x'] } as typeof hello)).rejects.toThrow(
      /stop: Extra inputs are not permitted/,
    )
    const stranger = new Anthropic({ apiKey: 'bad-key', baseURL: upstream.url })
    await expect(stranger.messages.create(hello)).rejects.toBeInstanceOf(Anthropic.AuthenticationError)
  })

  test('throws on an error event in a stream', async () => {
    const stream = client.messages.stream({ ...hello, model: 'testkit-error-event' })
    await expect(stream.finalMessage()).rejects.toThrow(/overloaded_error/)
  })
})

describe('the Google client', () => {
  const client = new GoogleGenAI({ apiKey: 'key', httpOptions: { baseUrl: upstream.baseUrl('gemini') } })
  const model = 'gemini-2.5-flash'
  const declaration = {
    type: Type.OBJECT,
    properties: { city: { type: Type.STRING }, days: { type: Type.INTEGER } },
    required: ['city', 'days'],
  }
  const tools = [
    {
      functionDeclarations: [
        { name: 'weather', parameters: declaration },
        { name: 'news', parametersJsonSchema: parameters },
      ],
    },
  ]

  test('gets a whole answer with its usage', async () => {
    const reply = await client.models.generateContent({
      model,
      contents: 'Hello there',
      config: { systemInstruction: 'Be brief', temperature: 0.5 },
    })
    expect(reply.text).toBe('You said: Hello there')
    expect(reply.usageMetadata).toMatchObject({
      promptTokenCount: 4,
      candidatesTokenCount: 4,
      totalTokenCount: 8,
    })
  })

  test('streams thoughts and text', async () => {
    const stream = await client.models.generateContentStream({
      model,
      contents: 'Hello there',
      config: { thinkingConfig: { includeThoughts: true, thinkingBudget: 512 } },
    })
    const chunks = []
    for await (const chunk of stream) chunks.push(chunk)
    const parts = chunks.flatMap(chunk => chunk.candidates?.[0]?.content?.parts ?? [])
    expect(parts.filter(part => part.thought).map(part => part.text)).toEqual(['Thinking about: Hello there'])
    expect(parts.filter(part => !part.thought).map(part => part.text)).toEqual([
      'You ',
      'said: ',
      'Hello ',
      'there',
    ])
    expect(chunks.at(-1)?.candidates?.[0]?.finishReason).toBe('STOP')
    expect(chunks.at(-1)?.usageMetadata?.thoughtsTokenCount).toBe(4)
  })

  test('calls tools and answers results that come back with the signature', async () => {
    const config = { tools }
    const question: Content = { role: 'user', parts: [{ text: 'Use both' }] }
    const thinker = 'gemini-3-pro-preview'
    const reply = await client.models.generateContent({ model: thinker, contents: [question], config })
    expect(reply.functionCalls?.map(({ name, args }) => ({ name, args }))).toEqual([
      { name: 'weather', args: { city: 'Paris', days: 1 } },
      { name: 'news', args: { city: 'Paris', days: 1 } },
    ])
    const called = reply.candidates?.[0]?.content
    if (!called?.parts) throw new Error('no calls')
    const answers: Content = {
      role: 'user',
      parts: ['weather', 'news'].map(name => ({ functionResponse: { name, response: { output: 'sunny' } } })),
    }
    const continued = (content: Content) => ({
      model: thinker,
      contents: [question, content, answers],
      config,
    })
    const final = await client.models.generateContent(continued(called))
    expect(final.text).toBe('The tool answered: sunny; sunny')
    const unsigned = {
      ...called,
      parts: called.parts.map(({ functionCall }) => (functionCall ? { functionCall } : {})),
    }
    await expect(client.models.generateContent(continued(unsigned))).rejects.toThrow(
      /missing a thought_signature/,
    )
  })

  test('gets structured output and sees images', async () => {
    const structured = await client.models.generateContent({
      model,
      contents: 'Plan',
      config: { responseMimeType: 'application/json', responseSchema: declaration },
    })
    expect(JSON.parse(structured.text ?? '')).toEqual({ city: 'Paris', days: 1 })
    const seen = await client.models.generateContent({
      model,
      contents: [
        { role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: pixel } }, { text: 'What?' }] },
      ],
    })
    expect(seen.text).toBe('I see an image of 70 bytes. You said: What?')
  })

  test('embeds, counts tokens and lists models', async () => {
    const { embeddings } = await client.models.embedContent({
      model: 'gemini-embedding-001',
      contents: ['a', 'b'],
      config: { outputDimensionality: 8 },
    })
    expect(embeddings?.map(embedding => embedding.values?.length)).toEqual([8, 8])
    expect((await client.models.countTokens({ model, contents: 'Hello there' })).totalTokens).toBe(2)
    const names = []
    for await (const one of await client.models.list()) names.push(one.name)
    expect(names).toContain('models/gemini-2.5-flash')
  })

  test.each([
    ['testkit-400', 400],
    ['testkit-403', 403],
    ['testkit-404', 404],
    ['testkit-429', 429],
    ['testkit-500', 500],
    ['testkit-overloaded', 503],
    ['testkit-context', 400],
  ])('maps %s to an API error of its status', async (failing, status) => {
    const error = await client.models
      .generateContent({ model: failing, contents: 'x' })
      .catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ status })
  })

  test('is told the field that is wrong, and of a bad key as Google does', async () => {
    const stranger = new GoogleGenAI({ apiKey: 'bad-key', httpOptions: { baseUrl: upstream.url } })
    await expect(stranger.models.generateContent({ model, contents: 'x' })).rejects.toThrow(/API_KEY_INVALID/)
    const extra = client.models.generateContent({
      model,
      contents: 'x',
      config: { httpOptions: { extraBody: { messages: [] } } },
    })
    await expect(extra).rejects.toThrow(/Unknown name .*messages.*: Cannot find field/)
  })

  test('gets a blocked prompt without candidates', async () => {
    const blocked = await client.models.generateContent({ model: 'testkit-content-policy', contents: 'x' })
    expect(blocked.promptFeedback?.blockReason).toBe('PROHIBITED_CONTENT')
    expect(blocked.candidates).toBeUndefined()
  })

  test('throws on an error event in a stream', async () => {
    const stream = await client.models.generateContentStream({
      model: 'testkit-error-event',
      contents: 'One two three',
    })
    const drain = async () => {
      for await (const _chunk of stream) continue
    }
    await expect(drain()).rejects.toThrow(/UNAVAILABLE/)
  })
})
