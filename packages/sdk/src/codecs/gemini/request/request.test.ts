import { expect, test } from 'vitest'
import type { ChatRequest } from '../../../types/chat.ts'
import type { JsonObject } from '../../../types/json.ts'
import { clientInfo, upstreamInfo } from '../testing/call-info.ts'
import { readJson } from '../testing/fixture.ts'
import { decodeRequest, encodeRequest } from './request.ts'

const hello: ChatRequest['messages'] = [{ role: 'user', content: 'Hi' }]

function encode(request: Partial<ChatRequest>, model?: string) {
  const info = upstreamInfo(model)
  const { body } = encodeRequest({ model: 'm', messages: hello, ...request } as ChatRequest, info)
  return { body, warned: info.warnings.map(({ action, param }) => `${action} ${param}`) }
}

test('system messages become systemInstruction, turns of one role merge, and the model stays out of the body', () => {
  const { body, warned } = encode({
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'a' },
      { role: 'user', content: [{ type: 'text', text: 'b' }] },
      { role: 'assistant', content: 'c' },
      { role: 'developer', content: 'Be kind.' },
      { role: 'user', content: 'd' },
    ],
    stream: true,
    metadata: { tags: ['x'] },
  })
  expect(body).toEqual({
    systemInstruction: { parts: [{ text: 'Be brief.' }, { text: 'Be kind.' }] },
    contents: [
      { role: 'user', parts: [{ text: 'a' }, { text: 'b' }] },
      { role: 'model', parts: [{ text: 'c' }] },
      { role: 'user', parts: [{ text: 'd' }] },
    ],
  })
  expect(warned).toEqual(['approximated messages[4]'])
})

test('a request of nothing but system text is sent as a user turn and says so', () => {
  const { body, warned } = encode({ messages: [{ role: 'system', content: 'Go.' }] })
  expect(body).toEqual({ contents: [{ role: 'user', parts: [{ text: 'Go.' }] }] })
  expect(warned).toEqual(['approximated messages'])
})

test('every generation parameter lands in generationConfig under its own name', () => {
  const { body } = encode({
    temperature: 0.1,
    top_p: 0.2,
    top_k: 3,
    n: 2,
    seed: 4,
    presence_penalty: 0.5,
    frequency_penalty: 0.6,
    logprobs: true,
    top_logprobs: 5,
    max_tokens: 7,
    max_completion_tokens: 8,
    stop: 'END',
    modalities: ['text', 'image'],
    response_format: { type: 'json_object' },
  })
  expect(body.generationConfig).toEqual({
    temperature: 0.1,
    topP: 0.2,
    topK: 3,
    candidateCount: 2,
    seed: 4,
    presencePenalty: 0.5,
    frequencyPenalty: 0.6,
    responseLogprobs: true,
    logprobs: 5,
    maxOutputTokens: 8,
    stopSequences: ['END'],
    responseModalities: ['TEXT', 'IMAGE'],
    responseMimeType: 'application/json',
  })
})

test('keys OpenAI does not know go to the top level, unless they are fields of generationConfig', () => {
  const { body } = encode({
    safety_settings: [{ category: 'C', threshold: 'T' }],
    cached_content: 'cachedContents/a',
    speech_config: { languageCode: 'de' },
    imageConfig: { aspectRatio: '16:9' },
    generation_config: { media_resolution: 'LOW' },
    something_new: 1,
  } as Partial<ChatRequest>)
  expect(body).toMatchObject({
    safetySettings: [{ category: 'C', threshold: 'T' }],
    cachedContent: 'cachedContents/a',
    something_new: 1,
    generationConfig: {
      speechConfig: { languageCode: 'de' },
      imageConfig: { aspectRatio: '16:9' },
      mediaResolution: 'LOW',
    },
  })
})

test('a JSON schema travels whole to models that take it and translated to those that do not', () => {
  const schema = {
    type: 'object',
    properties: { a: { type: ['string', 'null'] } },
    additionalProperties: false,
  }
  const response_format = { type: 'json_schema' as const, json_schema: { name: 'x', schema } }
  expect(encode({ response_format }).body.generationConfig).toEqual({
    responseMimeType: 'application/json',
    responseJsonSchema: schema,
  })
  const old = encode({ response_format }, 'gemini-1.5-pro')
  expect(old.body.generationConfig).toEqual({
    responseMimeType: 'application/json',
    responseSchema: { type: 'OBJECT', properties: { a: { type: 'STRING', nullable: true } } },
  })
  expect(old.warned).toEqual(['dropped response_format.json_schema.schema.additionalProperties'])
})

test('tools, tool choice and a missing parallel switch', () => {
  const parameters = { type: 'object', properties: { q: { type: 'string' } } }
  const { body, warned } = encode({
    tools: [
      { type: 'function', function: { name: 'f', description: 'd', parameters, strict: true } },
      { googleSearch: {} } as never,
      { type: 'code_interpreter' },
    ],
    tool_choice: { type: 'function', function: { name: 'f' } },
    parallel_tool_calls: false,
    web_search_options: {},
  } as Partial<ChatRequest>)
  expect(body.tools).toEqual([
    { functionDeclarations: [{ name: 'f', description: 'd', parametersJsonSchema: parameters }] },
    { googleSearch: {} },
    { codeExecution: {} },
  ])
  expect(body.toolConfig).toEqual({ functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } })
  expect(warned).toEqual([
    'dropped tools[0].function.strict',
    'approximated tools[2]',
    'dropped parallel_tool_calls',
  ])
})

test.each([
  ['auto', { mode: 'AUTO' }],
  ['none', { mode: 'NONE' }],
  ['required', { mode: 'ANY' }],
] as const)('tool_choice %s', (choice, config) => {
  expect(encode({ tool_choice: choice }).body.toolConfig).toEqual({ functionCallingConfig: config })
})

test('an unknown kind of tool is refused by its path', () => {
  expect(() => encode({ tools: [{ type: 'teleport' }] })).toThrow(/^tools\[0\]\.type: "teleport"/)
})

test('a request as a Gemini client sends it, snake case included, is understood', () => {
  const info = clientInfo()
  const hub = decodeRequest(readJson('request-agent.json'), info)
  expect(info.warnings).toEqual([])
  expect(hub).toMatchObject({
    model: 'gemini-2.5-flash',
    temperature: 0.5,
    top_p: 0.9,
    top_k: 40,
    n: 1,
    max_tokens: 800,
    stop: ['END'],
    thinking: { type: 'enabled', budget_tokens: 1024 },
    mediaResolution: 'MEDIA_RESOLUTION_LOW',
    cachedContent: 'cachedContents/abc',
    tool_choice: { type: 'function', function: { name: 'get_weather' } },
  })
  expect(hub.messages.map(message => message.role)).toEqual(['system', 'user', 'assistant', 'tool', 'tool'])
  expect(hub.messages.slice(2)).toEqual([
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        {
          id: 'call_1_0',
          type: 'function',
          function: { name: 'get_weather', arguments: '{"city":"Paris"}' },
          provider_specific_fields: { thought_signature: 'c2lnQQ==' },
        },
        {
          id: 'call_1_1',
          type: 'function',
          function: { name: 'get_weather', arguments: '{"city":"London"}' },
        },
      ],
    },
    { role: 'tool', tool_call_id: 'call_1_0', content: '{"temperature":15}' },
    { role: 'tool', tool_call_id: 'call_1_1', content: 'rain' },
  ])
  expect(hub.tools?.[0]?.function?.parameters).toEqual({
    type: 'object',
    properties: {
      city: { type: ['string', 'null'] },
      days: { type: 'array', items: { type: 'integer' }, maxItems: 7 },
    },
    required: ['city'],
  })
  expect(hub.tools?.[1]).toEqual({ googleSearch: {} })
})

test('a Gemini request that went through the hub says the same', () => {
  const given = readJson('request-agent.json')
  const info = upstreamInfo()
  const { body } = encodeRequest(decodeRequest(given, clientInfo()), info)
  expect(info.warnings).toEqual([])
  const [user, model, results] = given.contents as JsonObject[]
  const withId = (part: unknown, key: string, id: string) => {
    const holder = part as Record<string, JsonObject>
    return { ...holder, [key]: { id, ...holder[key] } }
  }
  const [call1, call2] = model?.parts as unknown[]
  const [result1, result2] = results?.parts as unknown[]
  expect(body).toMatchObject({
    systemInstruction: given.system_instruction,
    contents: [
      {
        role: 'user',
        parts: [
          (user?.parts as unknown[])[0],
          { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } },
        ],
      },
      {
        role: 'model',
        parts: [withId(call1, 'functionCall', 'call_1_0'), withId(call2, 'functionCall', 'call_1_1')],
      },
      {
        role: 'user',
        parts: [
          withId(result1, 'functionResponse', 'call_1_0'),
          withId(result2, 'functionResponse', 'call_1_1'),
        ],
      },
    ],
    generationConfig: given.generationConfig,
    safetySettings: given.safetySettings,
    cachedContent: 'cachedContents/abc',
    toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['get_weather'] } },
  })
})

test.each<[unknown, RegExp]>([
  [[], /^body: must be a JSON object/],
  [{}, /^contents: must be an array/],
  [{ contents: [] }, /^contents: must hold at least one content/],
  [{ contents: [{ parts: 'x' }] }, /^contents\[0\]\.parts: must be an array/],
  [{ contents: [{ role: 'assistant', parts: [] }] }, /^contents\[0\]\.role: must be "user" or "model"/],
  [{ contents: [{ parts: [{}] }] }, /^contents\[0\]\.parts\[0\]: must hold one of/],
  [
    { contents: [{ parts: [{ inlineData: { data: 'x' } }] }] },
    /^contents\[0\]\.parts\[0\]\.inlineData\.mimeType/,
  ],
  [
    { contents: [{ parts: [{ functionResponse: { name: 'f', response: {} } }] }] },
    /^contents\[0\]\.parts\[0\]\.functionResponse\.name: no unanswered functionCall "f"/,
  ],
  [
    { contents: [{ parts: [{ text: 'x' }] }], generationConfig: { temperature: 'hot' } },
    /^generationConfig\.temperature: must be a number/,
  ],
  [
    { contents: [{ parts: [{ text: 'x' }] }], toolConfig: { functionCallingConfig: { mode: 'SOME' } } },
    /^toolConfig\.functionCallingConfig\.mode/,
  ],
  [
    { contents: [{ parts: [{ text: 'x' }] }], tools: [{ functionDeclarations: [{}] }] },
    /^tools\[0\]\.functionDeclarations\[0\]\.name/,
  ],
  [
    { contents: [{ parts: [{ text: 'x' }] }], systemInstruction: { parts: [{ inlineData: {} }] } },
    /^systemInstruction\.parts\[0\]: must hold text/,
  ],
])('bad input %# is refused by its path', (body, message) => {
  expect(() => decodeRequest(body, clientInfo())).toThrow(message)
})

test('keys named __proto__ are data on the way in and out', () => {
  const text =
    '{"contents":[{"parts":[{"text":"x","__proto__":{"a":1}}]}],"__proto__":{"polluted":true},"generationConfig":{"__proto__":{"b":1}}}'
  const hub = decodeRequest(JSON.parse(text), clientInfo())
  encodeRequest(hub, upstreamInfo())
  expect(({} as JsonObject).polluted).toBeUndefined()
  expect(Object.getPrototypeOf(hub)).toBe(Object.prototype)
  const declared = JSON.parse(
    '[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"__proto__":{"type":"string"}}}}}]',
  )
  const { body } = encode({ tools: declared }, 'gemini-1.5-pro')
  expect(JSON.stringify(body.tools)).toContain('"__proto__":{"type":"STRING"}')
})

test("what bounds the price is the hub's to say, whatever else is written in Gemini's words", () => {
  const generationConfig = { maxOutputTokens: 100, candidateCount: 8, topK: 3 }
  const { body, warned } = encode({ max_tokens: 2, generationConfig } as Partial<ChatRequest>)
  expect(body).toMatchObject({ generationConfig: { maxOutputTokens: 2, topK: 3 } })
  expect(JSON.stringify(body)).not.toContain('candidateCount')
  expect(warned).toEqual(['ignored generationConfig.candidateCount'])
})
