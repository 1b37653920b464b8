import { expect, test } from 'vitest'
import type { ChatMessage, ContentPart } from '../../../types/chat.ts'
import { clientInfo, upstreamInfo } from '../testing/call-info.ts'
import { decodeContents, encodeContents } from './contents.ts'

function encode(messages: ChatMessage[], model?: string) {
  const info = upstreamInfo(model)
  const contents = encodeContents(messages, info)
  return { contents, warned: info.warnings.map(({ action, param }) => `${action} ${param}`) }
}

function part(content: ContentPart, model?: string) {
  const { contents, warned } = encode([{ role: 'user', content: [content] }], model)
  return { part: (contents[0]?.parts as unknown[])[0], warned }
}

const call = (id: string, name = 'f', more = {}) => ({
  id,
  type: 'function' as const,
  function: { name, arguments: '{"a":1}' },
  ...more,
})

test('calls and their results, names found by id, JSON objects as they are and all else under result', () => {
  const { contents } = encode([
    { role: 'assistant', content: null, tool_calls: [call('c1', 'one'), call('c2', 'two')] },
    { role: 'tool', tool_call_id: 'c2', content: '{"ok":true}' },
    { role: 'tool', tool_call_id: 'c1', content: '[1,2]' },
    { role: 'user', content: 'go on' },
  ])
  expect(contents).toEqual([
    {
      role: 'model',
      parts: [
        { functionCall: { id: 'c1', name: 'one', args: { a: 1 } } },
        { functionCall: { id: 'c2', name: 'two', args: { a: 1 } } },
      ],
    },
    {
      role: 'user',
      parts: [
        { functionResponse: { id: 'c2', name: 'two', response: { ok: true } } },
        { functionResponse: { id: 'c1', name: 'one', response: { result: '[1,2]' } } },
        { text: 'go on' },
      ],
    },
  ])
})

test('a signature travels on its call, and Gemini 3 gets a stand-in where it is missing', () => {
  const signed = call('c1', 'f', { provider_specific_fields: { thought_signature: 'S' } })
  const behindId = call('c1__thought__S')
  for (const given of [signed, behindId])
    expect(encode([{ role: 'assistant', tool_calls: [given] }], 'gemini-3-pro-preview')).toEqual({
      contents: [
        {
          role: 'model',
          parts: [{ functionCall: { id: 'c1', name: 'f', args: { a: 1 } }, thoughtSignature: 'S' }],
        },
      ],
      warned: [],
    })
  const bare = encode([{ role: 'assistant', tool_calls: [call('a'), call('b')] }], 'gemini-3-pro-preview')
  expect(bare.contents[0]?.parts).toMatchObject([
    { thoughtSignature: 'skip_thought_signature_validator' },
    { functionCall: { id: 'b' } },
  ])
  expect((bare.contents[0]?.parts as object[])[1]).not.toHaveProperty('thoughtSignature')
  expect(bare.warned).toEqual([
    'approximated messages[0].tool_calls[0].provider_specific_fields.thought_signature',
  ])
})

test('signed thoughts go back, unsigned ones are left out and named', () => {
  const { contents, warned } = encode([
    {
      role: 'assistant',
      content: 'x',
      thinking_blocks: [
        { type: 'thinking', thinking: 'why', signature: 'S' },
        { type: 'thinking', thinking: 'lost' },
      ],
      provider_specific_fields: { thought_signatures: ['T'] },
    },
  ])
  expect(contents[0]?.parts).toEqual([
    { text: 'why', thought: true, thoughtSignature: 'S' },
    { text: 'x', thoughtSignature: 'T' },
  ])
  expect(warned).toEqual(['ignored messages[0].thinking_blocks[1]'])
  expect(encode([{ role: 'assistant', content: 'x', reasoning_content: 'why' }]).warned).toEqual([
    'ignored messages[0].reasoning_content',
  ])
})

test.each<[ContentPart, unknown]>([
  [
    { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
    { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
  ],
  [
    { type: 'image_url', image_url: { url: 'https://x.example/a.jpg?size=1' } },
    { fileData: { mimeType: 'image/jpeg', fileUri: 'https://x.example/a.jpg?size=1' } },
  ],
  [
    { type: 'video_url', video_url: { url: 'https://www.youtube.com/watch?v=1' } },
    { fileData: { fileUri: 'https://www.youtube.com/watch?v=1' } },
  ],
  [
    { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
    { inlineData: { mimeType: 'audio/mp3', data: 'AAAA' } },
  ],
  [
    { type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA' } },
    { inlineData: { mimeType: 'application/pdf', data: 'AAAA' } },
  ],
  [
    { type: 'file', file: { file_id: 'gs://bucket/a.mp4', video_metadata: { fps: 2 } } },
    { fileData: { mimeType: 'video/mp4', fileUri: 'gs://bucket/a.mp4' }, videoMetadata: { fps: 2 } },
  ],
  [
    { type: 'file', file: { file_id: 'files/abc', format: 'text/csv' } },
    {
      fileData: {
        mimeType: 'text/csv',
        fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/abc',
      },
    },
  ],
  [
    { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' } },
    { inlineData: { mimeType: 'application/pdf', data: 'AAAA' } },
  ],
])('media part %#', (content, expected) => {
  expect(part(content).part).toEqual(expected)
})

test.each<[ContentPart, RegExp]>([
  [
    { type: 'image_url', image_url: { url: 'http://x.example/a.png' } },
    /^messages\[0\]\.content\[0\]\.image_url\.url: Gemini fetches https/,
  ],
  [
    { type: 'file', file: { file_id: 'file-123' } },
    /^messages\[0\]\.content\[0\]\.file\.file_id: "file-123" is no file/,
  ],
  [{ type: 'file', file: { file_data: 'AAAA' } }, /^messages\[0\]\.content\[0\]\.file\.format/],
  [{ type: 'hologram' as never }, /^messages\[0\]\.content\[0\]\.type: "hologram"/],
])('media that cannot be sent is refused by its path %#', (content, message) => {
  expect(() => part(content)).toThrow(message)
})

test('detail is kept per part by Gemini 3 and dropped aloud before', () => {
  const image: ContentPart = { type: 'image_url', image_url: { url: 'gs://b/a.png', detail: 'high' } }
  expect(part(image, 'gemini-3-flash-preview').part).toMatchObject({
    mediaResolution: { level: 'MEDIA_RESOLUTION_HIGH' },
  })
  expect(part(image).warned).toEqual(['dropped messages[0].content[0].image_url.detail'])
})

test('media in a tool result stands inside it for Gemini 3 and beside it before', () => {
  const messages: ChatMessage[] = [
    {
      role: 'assistant',
      tool_calls: [call('c1', 'f', { provider_specific_fields: { thought_signature: 'S' } })],
    },
    {
      role: 'tool',
      tool_call_id: 'c1',
      content: [
        { type: 'text', text: 'see' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
      ],
    },
  ]
  const blob = { inlineData: { mimeType: 'image/png', data: 'AAAA' } }
  const response = { id: 'c1', name: 'f', response: { result: 'see' } }
  expect(encode(messages, 'gemini-3-pro-preview').contents[1]?.parts).toEqual([
    { functionResponse: { ...response, parts: [blob] } },
  ])
  expect(encode(messages).contents[1]?.parts).toEqual([{ functionResponse: response }, blob])
})

test('cache marks, names and empty messages are named when they are lost', () => {
  const { contents, warned } = encode([
    { role: 'user', name: 'ann', cache_control: { type: 'ephemeral' }, content: '' },
    { role: 'assistant', content: '' },
    { role: 'user', content: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }] },
  ])
  expect(contents).toEqual([{ role: 'user', parts: [{ text: ' ' }, { text: 'x' }] }])
  expect(warned).toEqual([
    'dropped messages[0].cache_control',
    'dropped messages[0].name',
    'approximated messages[0].content',
    'dropped messages[1]',
    'dropped messages[2].content[0].cache_control',
  ])
})

test('arguments that are no JSON object and results without a call are refused by path', () => {
  const bad = { ...call('c1'), function: { name: 'f', arguments: '[1' } }
  expect(() => encode([{ role: 'assistant', tool_calls: [bad] }])).toThrow(
    /^messages\[0\]\.tool_calls\[0\]\.function\.arguments: must be the text of a JSON object/,
  )
  expect(() => encode([{ role: 'tool', tool_call_id: 'zz', content: '' }])).toThrow(
    /^messages\[0\]\.tool_call_id: no earlier assistant message has a tool call "zz"/,
  )
})

test.each<[string, ChatMessage[]]>([
  ['a lone text', [{ role: 'user', content: 'Hi' }]],
  [
    'several texts',
    [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
    ],
  ],
  [
    'a dialogue',
    [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'user', content: 'c' },
    ],
  ],
  [
    'an image',
    [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] }],
  ],
  [
    'an image by URI',
    [
      {
        role: 'user',
        content: [{ type: 'image_url', image_url: { url: 'gs://b/a.png', format: 'image/png' } }],
      },
    ],
  ],
  [
    'audio',
    [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }] }],
  ],
  [
    'a PDF',
    [{ role: 'user', content: [{ type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA' } }] }],
  ],
  [
    'a video with metadata',
    [
      {
        role: 'user',
        content: [
          { type: 'file', file: { file_id: 'gs://b/v.mp4', format: 'video/mp4', videoMetadata: { fps: 1 } } },
        ],
      },
    ],
  ],
  [
    'a tool loop',
    [
      { role: 'user', content: 'q' },
      { role: 'assistant', content: 'let me see', tool_calls: [call('x'), call('y')] },
      { role: 'tool', tool_call_id: 'x', content: 'text' },
      { role: 'tool', tool_call_id: 'y', content: '{"k":[1]}' },
      { role: 'user', content: 'and?' },
    ],
  ],
  [
    'a signed call',
    [
      {
        role: 'assistant',
        content: null,
        tool_calls: [call('x', 'f', { provider_specific_fields: { thought_signature: 'S' } })],
      },
    ],
  ],
  [
    'signed thoughts',
    [
      {
        role: 'assistant',
        content: 'a',
        reasoning_content: 'why',
        thinking_blocks: [{ type: 'thinking', thinking: 'why', signature: 'gemini:S' }],
      },
    ],
  ],
  [
    'a signed text',
    [{ role: 'assistant', content: 'a', provider_specific_fields: { thought_signatures: ['S'] } }],
  ],
  [
    'code execution',
    [
      {
        role: 'assistant',
        content: 'a',
        provider_specific_fields: {
          server_side_tool_invocations: [
            { executableCode: { code: '1' } },
            { codeExecutionResult: { output: '1' } },
          ],
        },
      },
    ],
  ],
])('%s survives the way out and back', (_name, messages) => {
  const { contents, warned } = encode(messages)
  expect(warned).toEqual([])
  expect(decodeContents(contents, clientInfo())).toEqual(messages)
})
