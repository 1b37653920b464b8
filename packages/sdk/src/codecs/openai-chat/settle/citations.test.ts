import { expect, test } from 'vitest'
import type { JsonObject } from '../../../types/json.ts'
import { citations } from './citations.ts'

const cited = (url: string, title: string, start: number, end: number) => ({
  type: 'url_citation',
  url_citation: { url, title, start_index: start, end_index: end },
})

test('each mark in the text is an annotation with its place, and what is not named comes without one', () => {
  const message: JsonObject = { content: 'Yes.[2] No.[1][2]' }
  const reply: JsonObject = {
    citations: ['https://a.example', 'https://b.example', 'https://c.example'],
    search_results: [
      { title: 'A', url: 'https://a.example' },
      { title: 'B', url: 'https://b.example' },
      { title: 'C', url: 'https://c.example' },
    ],
    choices: [{ index: 0, message, finish_reason: 'stop' }],
  }
  citations()(reply)
  expect(message.annotations).toEqual([
    cited('https://a.example', 'A', 11, 14),
    cited('https://b.example', 'B', 4, 7),
    cited('https://b.example', 'B', 14, 17),
    cited('https://c.example', 'C', 0, 0),
  ])
  expect(reply.search_results).toHaveLength(3)
})

test('in a stream the last chunk carries them, counted over the whole text', () => {
  const settle = citations()
  const deltas: JsonObject[] = [{ content: 'Yes.' }, { content: '[1]' }, {}]
  for (const [index, delta] of deltas.entries())
    settle({
      citations: ['https://a.example'],
      choices: [{ index: 0, delta, finish_reason: index === 2 ? 'stop' : null }],
    })
  expect(deltas.map(({ annotations }) => annotations)).toEqual([
    undefined,
    undefined,
    [cited('https://a.example', 'https://a.example', 4, 7)],
  ])
})

test('a reply without sources is left alone', () => {
  const message: JsonObject = { content: 'a [1] b' }
  citations()({ choices: [{ index: 0, message, finish_reason: 'stop' }] })
  expect(message).toEqual({ content: 'a [1] b' })
})
