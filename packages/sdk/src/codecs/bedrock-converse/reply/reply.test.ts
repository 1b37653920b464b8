import { expect, test } from 'vitest'
import { endpoints } from '../../../endpoints/registry.ts'
import type { ChatResponse } from '../../../types/chat.ts'
import type { JsonObject } from '../../../types/json.ts'
import type { CallInfo } from '../../codec.ts'
import { decodeResponse } from './response.ts'
import { decodeStream } from './stream.ts'

const info: CallInfo = {
  id: 'call-1',
  now: 0,
  model: 'm',
  stream: false,
  deployment: { id: 'd', group: 'g', provider: 'bedrock', model: 'm' },
  warn() {},
}

const citation = { title: 'A page', location: { web: { url: 'https://a.example', domain: 'a.example' } } }
const blocks = [
  { reasoningContent: { redactedContent: 'eHg=' } },
  { text: 'So: ' },
  { toolUse: { toolUseId: 's1', name: 'nova_grounding', type: 'server_tool_use', input: { q: 'x' } } },
  { citationsContent: { content: [{ text: 'it rains' }], citations: [citation] } },
  { image: { format: 'png', source: { bytes: 'AA==' } } },
]

test('blocks beyond text and calls keep what they say', () => {
  const reply = decodeResponse(
    {
      output: { message: { role: 'assistant', content: blocks } },
      stopReason: 'guardrail_intervened',
      usage: {
        inputTokens: 5,
        outputTokens: 3,
        cacheWriteInputTokens: 4,
        cacheDetails: [{ ttl: '1h', inputTokens: 4 }],
      },
      trace: { guardrail: { actionReason: 'x' } },
      serviceTier: { type: 'flex' },
      additionalModelResponseFields: { stop: 'y' },
    },
    info,
  )
  expect(reply.choices[0]).toMatchObject({
    finish_reason: 'content_filter',
    provider_specific_fields: {
      native_finish_reason: 'guardrail_intervened',
      additionalModelResponseFields: { stop: 'y' },
    },
    message: {
      content: 'So: it rains',
      thinking_blocks: [{ type: 'redacted_thinking', data: 'eHg=' }],
      annotations: [
        {
          type: 'url_citation',
          url_citation: { start_index: 4, end_index: 12, url: 'https://a.example', title: 'A page' },
        },
      ],
      images: [{ image_url: { url: 'data:image/png;base64,AA==' } }],
      provider_specific_fields: { server_tool_blocks: [blocks[2]] },
    },
  })
  expect(reply.choices[0]?.message).not.toHaveProperty('tool_calls')
  expect(reply.usage).toMatchObject({
    prompt_tokens: 9,
    total_tokens: 12,
    prompt_tokens_details: { cache_creation_token_details: { ephemeral_1h_input_tokens: 4 } },
  })
  expect(reply).toMatchObject({ trace: { guardrail: { actionReason: 'x' } }, service_tier: 'flex' })
})

test('an answer of another shape is the provider’s fault', () => {
  expect(() => decodeResponse({ output: {} }, info)).toThrow(/not a Converse reply/)
})

function folded(...events: [string, JsonObject][]): ChatResponse {
  const decoder = decodeStream(info)
  const chunks = events.flatMap(([event, body]) => [...decoder.push({ event, data: JSON.stringify(body) })])
  return endpoints.chat.fold?.([...chunks, ...decoder.end()]) as ChatResponse
}

const at = (contentBlockIndex: number, body: JsonObject = {}) => ({ contentBlockIndex, ...body })

test('a call without arguments, a server’s own call, and citations of a stream', () => {
  const reply = folded(
    ['messageStart', { role: 'assistant' }],
    [
      'contentBlockStart',
      at(0, { start: { toolUse: { toolUseId: 's', name: 'nova_grounding', type: 'server_tool_use' } } }),
    ],
    ['contentBlockDelta', at(0, { delta: { toolUse: { input: '{"q":1}' } } })],
    ['contentBlockStop', at(0)],
    ['contentBlockDelta', at(1, { delta: { text: 'it rains' } })],
    ['contentBlockDelta', at(1, { delta: { citation } })],
    ['contentBlockStop', at(1)],
    ['contentBlockStart', at(2, { start: { toolUse: { toolUseId: 't', name: 'now' } } })],
    ['contentBlockStop', at(2)],
    ['somethingNew', {}],
    ['messageStop', { stopReason: 'tool_use' }],
    ['metadata', { usage: { inputTokens: 1, outputTokens: 2 }, trace: { x: 1 } }],
  )
  expect(reply.choices[0]).toMatchObject({
    finish_reason: 'tool_calls',
    message: { content: 'it rains', tool_calls: [{ id: 't', function: { name: 'now', arguments: '{}' } }] },
  })
  expect(reply.usage?.total_tokens).toBe(3)
})
