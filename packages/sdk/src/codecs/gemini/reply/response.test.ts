import { expect, test } from 'vitest'
import type { ChatRequest, ChatResponse } from '../../../types/chat.ts'
import type { JsonObject } from '../../../types/json.ts'
import { upstreamInfo } from '../testing/call-info.ts'
import { readJson } from '../testing/fixture.ts'
import { decodeResponse, encodeResponse } from './response.ts'

const ask: ChatRequest = { model: 'm', messages: [], reasoning_effort: 'low' }

test('text, finish reason, usage with thoughts, and what the hub has no field for', () => {
  expect(decodeResponse(readJson('reply-text.json'), upstreamInfo())).toEqual({
    id: 'rEsp1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'gemini-2.5-flash',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'AI learns from data.' },
        finish_reason: 'stop',
        provider_specific_fields: {
          native_finish_reason: 'STOP',
          avg_logprobs: -0.12,
          safety_ratings: [{ category: 'HARM_CATEGORY_HARASSMENT', probability: 'NEGLIGIBLE' }],
        },
      },
    ],
    usage: {
      prompt_tokens: 9,
      completion_tokens: 25,
      total_tokens: 34,
      prompt_tokens_details: { text_tokens: 9, cached_tokens: 4 },
      completion_tokens_details: { reasoning_tokens: 20 },
    },
    vertex_ai_safety_results: [[{ category: 'HARM_CATEGORY_HARASSMENT', probability: 'NEGLIGIBLE' }]],
  })
})

test('function calls keep ids and signatures, and turn the stop into tool_calls', () => {
  const [choice] = decodeResponse(readJson('reply-tools.json'), upstreamInfo()).choices
  expect(choice).toMatchObject({
    finish_reason: 'tool_calls',
    message: {
      content: null,
      reasoning_content: 'Two cities to look up.',
      thinking_blocks: [{ type: 'thinking', thinking: 'Two cities to look up.' }],
      tool_calls: [
        {
          id: 'call_c1_0',
          type: 'function',
          function: { name: 'get_weather', arguments: '{"city":"Paris"}' },
          provider_specific_fields: { thought_signature: 'c2lnQQ==' },
        },
        { id: 'fc-2', function: { name: 'get_weather', arguments: '{"city":"London"}' } },
      ],
    },
  })
})

test('grounding becomes url citations counted in characters, searches and tool prompts are charged', () => {
  const { choices, usage } = decodeResponse(readJson('reply-grounded.json'), upstreamInfo())
  const message = choices[0]?.message
  const citation = message?.annotations?.[1]?.url_citation as JsonObject
  expect(message?.annotations).toHaveLength(2)
  expect(citation).toEqual({ start_index: 13, end_index: 33, url: 'https://b.example/2', title: 'b.example' })
  expect(message?.content?.slice(13, 33)).toBe('Spain won Euro 2024.')
  expect(choices[0]?.provider_specific_fields?.grounding_metadata).toHaveProperty('searchEntryPoint')
  expect(usage).toMatchObject({
    prompt_tokens: 80,
    completion_tokens: 12,
    total_tokens: 92,
    server_tool_use: { web_search_requests: 2 },
  })
})

test('a refused prompt is a filtered choice, not an exception', () => {
  const { choices, usage } = decodeResponse(readJson('reply-blocked.json'), upstreamInfo())
  expect(choices).toEqual([
    {
      index: 0,
      message: { role: 'assistant', content: null },
      finish_reason: 'content_filter',
      provider_specific_fields: {
        native_finish_reason: 'PROHIBITED_CONTENT',
        prompt_feedback: { blockReason: 'PROHIBITED_CONTENT' },
      },
    },
  ])
  expect(usage?.prompt_tokens).toBe(8)
})

test('code execution and images keep their parts', () => {
  const message = decodeResponse(readJson('reply-code.json'), upstreamInfo()).choices[0]?.message
  expect(message).toMatchObject({
    content: 'The answer is 4.',
    images: [{ type: 'image_url', index: 0, image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }],
    provider_specific_fields: {
      server_side_tool_invocations: [
        { executableCode: { language: 'PYTHON', code: 'print(2 + 2)' } },
        { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '4\n' } },
      ],
    },
  })
})

test('audio pieces are joined as bytes', () => {
  const piece = (text: string) => ({
    inlineData: { mimeType: 'audio/L16;codec=pcm;rate=24000', data: Buffer.from(text).toString('base64') },
  })
  const body = { candidates: [{ content: { parts: [piece('a'), piece('bc')] }, finishReason: 'STOP' }] }
  const audio = decodeResponse(body, upstreamInfo()).choices[0]?.message.audio
  expect(Buffer.from(String(audio?.data), 'base64').toString()).toBe('abc')
})

test.each([
  ['MAX_TOKENS', 'length'],
  ['SAFETY', 'content_filter'],
  ['RECITATION', 'content_filter'],
  ['MALFORMED_FUNCTION_CALL', 'stop'],
])('finishReason %s is %s and comes back as it was', (native, reason) => {
  const response = decodeResponse({ candidates: [{ finishReason: native }] }, upstreamInfo())
  expect(response.choices[0]?.finish_reason).toBe(reason)
  expect(encodeResponse(response, ask)).toMatchObject({ candidates: [{ finishReason: native }] })
})

test('an unknown finishReason is a stop, and said so', () => {
  const info = upstreamInfo()
  expect(decodeResponse({ candidates: [{ finishReason: 'NOVEL' }] }, info).choices[0]?.finish_reason).toBe(
    'stop',
  )
  expect(info.warnings).toHaveLength(1)
})

test.each([[{}], [{ candidates: [] }], ['text'], [null]])(
  'an answer without candidates is a bad gateway %#',
  body => {
    expect(() => decodeResponse(body, upstreamInfo())).toThrow(
      expect.objectContaining({ kind: 'bad_gateway' }),
    )
  },
)

test.each(['reply-text.json', 'reply-grounded.json', 'reply-blocked.json', 'reply-code.json'])(
  '%s survives the way through the hub',
  name => {
    const given = readJson(name)
    const { usageMetadata: usage, ...rest } = encodeResponse(decodeResponse(given, upstreamInfo()), ask)
    const { usageMetadata: givenUsage, ...givenRest } = given
    expect(rest).toEqual(givenRest)
    expect((usage as JsonObject).totalTokenCount).toBe((givenUsage as JsonObject).totalTokenCount)
  },
)

test('logprobs go both ways', () => {
  const logprobsResult = {
    chosenCandidates: [{ token: 'ü', logProbability: -0.1 }],
    topCandidates: [
      {
        candidates: [
          { token: 'ü', logProbability: -0.1 },
          { token: 'a', logProbability: -3 },
        ],
      },
    ],
  }
  const response = decodeResponse({ candidates: [{ finishReason: 'STOP', logprobsResult }] }, upstreamInfo())
  expect(response.choices[0]?.logprobs?.content).toEqual([
    {
      token: 'ü',
      logprob: -0.1,
      bytes: [195, 188],
      top_logprobs: [
        { token: 'ü', logprob: -0.1, bytes: [195, 188] },
        { token: 'a', logprob: -3, bytes: [97] },
      ],
    },
  ])
  expect(encodeResponse(response, ask)).toMatchObject({ candidates: [{ logprobsResult }] })
})

const reply: ChatResponse = {
  id: 'r',
  object: 'chat.completion',
  created: 1,
  model: 'gpt',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: 'ü see',
        reasoning_content: 'why',
        annotations: [
          {
            type: 'url_citation',
            url_citation: { start_index: 2, end_index: 5, url: 'https://a', title: 'A' },
          },
        ],
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
      },
      finish_reason: 'tool_calls',
    },
  ],
  usage: {
    prompt_tokens: 3,
    completion_tokens: 7,
    total_tokens: 10,
    completion_tokens_details: { reasoning_tokens: 2 },
  },
}

test("another provider's reply, as a Gemini client expects it", () => {
  expect(encodeResponse(reply, ask)).toEqual({
    candidates: [
      {
        content: {
          role: 'model',
          parts: [
            { text: 'why', thought: true },
            { text: 'ü see' },
            { functionCall: { id: 'c', name: 'f', args: { a: 1 } } },
          ],
        },
        finishReason: 'STOP',
        index: 0,
        groundingMetadata: {
          groundingChunks: [{ web: { uri: 'https://a', title: 'A' } }],
          groundingSupports: [
            { segment: { startIndex: 3, endIndex: 6, text: 'see' }, groundingChunkIndices: [0] },
          ],
        },
      },
    ],
    usageMetadata: {
      promptTokenCount: 3,
      candidatesTokenCount: 5,
      totalTokenCount: 10,
      thoughtsTokenCount: 2,
    },
    modelVersion: 'gpt',
    responseId: 'r',
  })
})

test('thoughts are hidden from a client that did not ask for them', () => {
  expect(JSON.stringify(encodeResponse(reply, { model: 'm', messages: [] }))).not.toContain('why')
})

test('arguments that are no JSON object are a bad gateway', () => {
  const broken = structuredClone(reply)
  broken.choices[0]?.message.tool_calls?.push({
    id: 'd',
    type: 'function',
    function: { name: 'g', arguments: '{' },
  })
  expect(() => encodeResponse(broken, ask)).toThrow(/The model called "g" with arguments/)
})
