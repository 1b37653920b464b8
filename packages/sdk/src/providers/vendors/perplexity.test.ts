import { expect, test } from 'vitest'
import { chunkOf, replyOf, wireOf } from '../testing/wire-of.ts'

const perplexity = wireOf('perplexity', 'sonar-pro')
const found = {
  citations: ['https://a.example'],
  search_results: [{ title: 'A', url: 'https://a.example', date: '2025-01-01' }],
}
const usage = {
  prompt_tokens: 1,
  completion_tokens: 2,
  total_tokens: 3,
  citation_tokens: 4,
  num_search_queries: 1,
  cost: { input_tokens_cost: 0.001, output_tokens_cost: 0.002, request_cost: 0.006, total_cost: 0.009 },
}

test('sources are annotations and stay where they were; the cost is one number with its parts beside', () => {
  const reply = perplexity.reads(replyOf({ content: 'Yes.[1]' }, { ...found, usage: structuredClone(usage) }))
  expect(reply).toMatchObject(found)
  expect(reply.choices[0]?.message.annotations).toEqual([
    {
      type: 'url_citation',
      url_citation: { url: 'https://a.example', title: 'A', start_index: 4, end_index: 7 },
    },
  ])
  expect(reply.usage).toMatchObject({
    cost: 0.009,
    cost_details: usage.cost,
    citation_tokens: 4,
    num_search_queries: 1,
  })
})

test('a stream tells its sources with the last chunk, and thinking is not part of the text', () => {
  const chunks = perplexity.streams([
    chunkOf({ content: '<think>hm</think>\n' }, found),
    chunkOf({ content: 'Yes.[1]' }, { ...found, usage: structuredClone(usage) }, 'stop'),
  ])
  expect(chunks[0]?.choices[0]?.delta).toMatchObject({ content: null, reasoning_content: 'hm' })
  expect(chunks[1]?.choices[0]?.delta.annotations).toMatchObject([{ url_citation: { start_index: 4 } }])
  expect(chunks[1]?.usage).toMatchObject({ cost: 0.009 })
})

test('tools are refused, parameters of the search pass', () => {
  expect(() => perplexity.sends({ tools: [{ type: 'function', function: { name: 'f' } }] })).toThrow(/tools/)
  const own = { search_domain_filter: ['x.example'], web_search_options: { search_context_size: 'low' } }
  expect(perplexity.sends(own).body).toMatchObject(own)
})
