import { expect, test } from 'vitest'
import { upstreamInfo } from './testing/call-info.ts'
import { vertexGemini, vertexGeminiCountTokens } from './vertex.ts'

const asked = {
  model: 'm',
  messages: [
    { role: 'user' as const, content: 'Hi' },
    {
      role: 'assistant' as const,
      content: 'Searching.',
      provider_specific_fields: {
        server_side_tool_invocations: [{ toolCall: { id: '1' } }, { executableCode: { code: 'x' } }],
      },
    },
    { role: 'user' as const, content: 'And?' },
  ],
  store: false,
  generationConfig: { modelSelectionConfig: { featureSelectionPreference: 'BALANCED' } },
  toolConfig: { includeServerSideToolInvocations: true },
  temperature: 0.5,
}

test('what only the Gemini API has is left out and recorded; what is called otherwise is renamed', () => {
  const info = upstreamInfo()
  const { body } = vertexGemini.upstream.encodeRequest(asked, info)
  expect(body).not.toHaveProperty('store')
  expect(body.generationConfig).toEqual({
    temperature: 0.5,
    modelConfig: { featureSelectionPreference: 'BALANCED' },
  })
  expect(body.toolConfig).toEqual({})
  expect(body.contents).toMatchObject([
    { parts: [{ text: 'Hi' }] },
    { parts: [{ executableCode: { code: 'x' } }, { text: 'Searching.' }] },
    { parts: [{ text: 'And?' }] },
  ])
  expect(info.warnings.map(({ action, param }) => [action, param])).toEqual([
    ['dropped', 'store'],
    ['dropped', 'toolConfig.includeServerSideToolInvocations'],
    ['dropped', 'contents[1].parts[0].toolCall'],
  ])
})

test('a count asks with the request’s own fields', () => {
  const { body } = vertexGeminiCountTokens.upstream.encodeRequest(asked, upstreamInfo())
  expect(Object.keys(body).sort()).toEqual(['contents', 'generationConfig'])
})

const reply = {
  candidates: [{ content: { parts: [{ text: 'Yo' }] }, finishReason: 'STOP' }],
  usageMetadata: {
    promptTokenCount: 9,
    candidatesTokenCount: 1,
    totalTokenCount: 10,
    cachedContentTokenCount: 7,
    cacheTokensDetails: [
      { modality: 'TEXT', tokenCount: 3 },
      { modality: 'AUDIO', tokenCount: 4 },
    ],
    trafficType: 'ON_DEMAND_PRIORITY',
  },
}

test('the traffic that was charged names the tier, whole and streamed; so does the Gemini API’s header', () => {
  const whole = vertexGemini.upstream.decodeResponse(reply, upstreamInfo(), {})
  expect(whole.service_tier).toBe('priority')
  expect(whole.usage?.prompt_tokens_details).toMatchObject({
    cached_tokens: 7,
    cached_tokens_details: { text_tokens: 3, audio_tokens: 4 },
  })
  const headers = { 'x-gemini-service-tier': 'flex' }
  expect(vertexGemini.upstream.decodeResponse(reply, upstreamInfo(), headers).service_tier).toBe('flex')
  const stream = vertexGemini.upstream.decodeStream?.(upstreamInfo())
  const events = [...(stream?.push({ data: JSON.stringify(reply) }) ?? []), ...(stream?.end() ?? [])]
  expect(events.at(-1)).toMatchObject({ service_tier: 'priority', usage: { prompt_tokens: 9 } })
})

test('a relayed answer tells its tier too', () => {
  expect(vertexGemini.relay?.usage(reply)).toMatchObject({ serviceTier: 'priority' })
  const tap = vertexGemini.relay?.tap({}, upstreamInfo())
  tap?.push(`data: ${JSON.stringify(reply)}`)
  expect(tap).toMatchObject({ serviceTier: 'priority' })
})

test('a file of the Gemini API is refused with what to send instead', () => {
  const content = [{ type: 'file' as const, file: { file_id: 'files/abc', format: 'application/pdf' } }]
  const request = { model: 'm', messages: [{ role: 'user' as const, content }] }
  expect(() => vertexGemini.upstream.encodeRequest(request, upstreamInfo())).toThrow(/gs:\/\/ or https:\/\//)
})
