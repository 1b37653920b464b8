import { expect, test } from 'vitest'
import { upstreamInfo } from '../testing/call-info.ts'
import { decodeResponse } from './response.ts'
import { decodeStream } from './stream.ts'

const grounding = {
  webSearchQueries: ['sky'],
  groundingChunks: [{ image: { imageUri: 'https://i.test/a.png', sourceUri: 'https://s.test', title: 'S' } }],
  groundingSupports: [{ segment: { endIndex: 4 }, groundingChunkIndices: [0] }],
}
const body = {
  candidates: [
    { content: { parts: [{ text: 'Blue' }] }, finishReason: 'STOP', groundingMetadata: grounding },
  ],
  usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
}

test('what Google tells of a reply stands where LiteLLM’s users look, whole and streamed', () => {
  expect(decodeResponse(body, upstreamInfo()).vertex_ai_grounding_metadata).toEqual([grounding])
  const stream = decodeStream(upstreamInfo())
  const chunks = [...stream.push({ data: JSON.stringify(body) }), ...stream.end()]
  expect(chunks.filter(chunk => chunk.vertex_ai_grounding_metadata)).toHaveLength(1)
})

test('pictures that were found are cited by the page they stand on', () => {
  const [choice] = decodeResponse(body, upstreamInfo()).choices
  expect(choice?.message.annotations).toEqual([
    {
      type: 'url_citation',
      url_citation: { start_index: 0, end_index: 4, url: 'https://s.test', title: 'S' },
    },
  ])
})
