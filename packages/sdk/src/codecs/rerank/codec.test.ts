import { describe, expect, test } from 'vitest'
import { endpoints } from '../../endpoints/registry.ts'
import type { RerankRequest, RerankResponse } from '../../types/rerank.ts'
import type { Warning } from '../../types/warning.ts'
import type { CallInfo, InboundInfo } from '../codec.ts'
import { rerank, rerankWith } from './codec.ts'
import type { RerankOptions } from './options.ts'
import { completed } from './response.ts'

const warnings: Warning[] = []
const info: CallInfo = {
  id: 'c',
  now: 0,
  model: 'm',
  stream: false,
  deployment: { id: 'd', group: 'g', provider: 'p', model: 'm' },
  warn: warning => void warnings.push(warning),
}
const asked: InboundInfo = { id: 'c', now: 0, warn() {} }
const base: RerankRequest = { model: 'a', query: 'q', documents: ['x', 'y'] }
const encode = (options: RerankOptions, more: Partial<RerankRequest> = {}) =>
  rerankWith(options).upstream.encodeRequest({ ...base, ...more }, info).body
const decode = (body: unknown, options: RerankOptions = {}) =>
  rerankWith(options).upstream.decodeResponse(body, info, {})

describe('requests', () => {
  test('go under the names the provider has', () => {
    const request = { top_n: 1, return_documents: true, own: 1, rank_fields: null }
    expect(encode({}, request)).toEqual({ ...base, model: 'm', top_n: 1, return_documents: true, own: 1 })
    expect(encode({ topN: 'top_k', returnDocuments: false }, request)).toEqual({
      ...base,
      model: 'm',
      top_k: 1,
      own: 1,
    }) // prettier-ignore
  })

  test('objects become text where only texts are taken, with a receipt for several fields', () => {
    const documents = [{ title: 'T', text: 'x', year: 3 }, 'y']
    expect(encode({}, { documents }).documents).toEqual(['x', 'y'])
    expect(encode({ objects: true }, { documents }).documents).toBe(documents)
    expect(warnings).toEqual([])
    const fields = { documents, rank_fields: ['title', 'year'] }
    expect(encode({}, fields)).toMatchObject({ documents: ['title: T\nyear: 3', 'y'] })
    expect(warnings).toMatchObject([{ action: 'approximated', param: 'rank_fields' }])
    expect(encode({ objects: true, rankFields: true }, fields)).toMatchObject(fields)
  })

  test('a document without what is compared is refused', () => {
    expect(() => encode({}, { documents: [{ title: 'T' }] })).toThrow(/^documents\[0\]\.text: is not there/)
    expect(() => encode({}, { documents: [{ text: 'T' }], rank_fields: ['a'] })).toThrow(
      /^documents\[0\]\.a: /,
    )
  })

  test.each<[unknown, RegExp]>([
    ['x', /^The request body must be a JSON object/],
    [{ query: 'q', documents: ['x'] }, /^model: /],
    [{ model: 'm', documents: ['x'] }, /^query: /],
    [{ model: 'm', query: 'q', documents: [] }, /^documents: /],
    [{ model: 'm', query: 'q', documents: ['x', 1] }, /^documents\[1\]: /],
    [{ ...base, top_n: 0 }, /^top_n: /],
    [{ ...base, rank_fields: 'a' }, /^rank_fields: /],
    [{ ...base, return_documents: 'yes' }, /^return_documents: /],
  ])('%j is refused by field', (body, message) => {
    expect(() => rerank.inbound?.decodeRequest(body, asked)).toThrow(message)
  })
})

describe('replies', () => {
  const sorted = [
    { index: 1, relevance_score: 0.9 },
    { index: 0, relevance_score: 0.1 },
  ]

  test.each<[string, unknown]>([
    ['results', { results: [{ index: 0, relevance_score: 0.1 }, sorted[0]] }],
    ['data', { data: sorted }],
    [
      'rankings with logits',
      { rankings: sorted.map(({ index, relevance_score: logit }) => ({ index, logit })) },
    ],
    ['a bare list', sorted.map(({ index, relevance_score: score }) => ({ index, score }))],
    ['scores in order', { scores: [0.1, 0.9] }],
    ['an output with results', { output: { results: sorted } }],
  ])('%s are read, the most relevant first', (_name, body) => {
    expect(decode(body).results).toEqual(sorted)
  })

  test('tokens are told as billed units, whatever they are called; Cohere’s stay as they are', () => {
    const meta = { api_version: { version: '2' }, billed_units: { search_units: 2 } }
    expect(decode({ results: [], meta }).meta).toEqual(meta)
    const both = { results: [], meta, usage: { total_tokens: 5 } }
    expect(decode(both).meta).toEqual({ ...meta, tokens: { input_tokens: 5 } })
    for (const told of [
      { usage: { total_tokens: 5 } },
      { usage: { prompt_tokens: 5 } },
      { input_token_count: 5 },
    ])
      expect(decode({ results: [], ...told }).meta).toEqual({
        billed_units: { total_tokens: 5 },
        tokens: { input_tokens: 5 },
      })
    expect(decode({ results: [] }).meta).toBeUndefined()
    expect(decode({ results: [] }, { perSearch: true }).meta).toEqual({ billed_units: { search_units: 1 } })
  })

  test.each([{}, { results: 'x' }, { results: [{ index: 0 }] }, { results: [{ relevance_score: 1 }] }])(
    '%j is a bad gateway',
    body => {
      expect(() => decode(body)).toThrow(expect.objectContaining({ status: 502 }))
    },
  )

  test('come as they were asked for: cut, with documents or without', () => {
    const reply: RerankResponse = {
      id: 'x',
      results: [
        { index: 1, relevance_score: 1, document: { text: 'theirs' } },
        { index: 0, relevance_score: 0 },
      ],
    }
    expect(completed(reply, base).results[0]).toEqual({ index: 1, relevance_score: 1 })
    const full = completed(reply, { ...base, top_n: 1, return_documents: true })
    expect(full.results).toEqual([{ index: 1, relevance_score: 1, document: { text: 'y' } }])
  })
})

describe('what is charged', () => {
  const { units, usage } = endpoints.rerank
  const reply = (billed?: Record<string, number>): RerankResponse => ({
    id: 'x',
    results: [],
    ...(billed && { meta: { billed_units: billed } }),
  })

  test('searches before the call by the number of documents, after it by what the provider says', () => {
    expect(units?.({ ...base, documents: Array(101).fill('x') }, undefined)).toEqual({ query: 2 })
    expect(units?.(base, reply({ search_units: 3 }))).toEqual({ query: 3 })
    expect(units?.(base, reply({ total_tokens: 3 }))).toBeUndefined()
  })

  test('tokens where they are told; nothing known is not nothing', () => {
    expect(usage(reply({ total_tokens: 7 }))).toMatchObject({ prompt_tokens: 7, completion_tokens: 0 })
    expect(usage(reply({ search_units: 1 }))).toMatchObject({ prompt_tokens: 0 })
    expect(usage(reply())).toBeUndefined()
  })
})
