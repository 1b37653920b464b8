import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { estimateTokens } from './estimate.ts'
import { estimateRequestTokens } from './request.ts'
import { tokenize } from './tokenizer.ts'

const here = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')

/** Texts of many kinds; the truth is counted by the tokenizer itself. */
const TEXTS: Readonly<Record<string, string>> = {
  prose:
    'It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness. ',
  code: here('./estimate.ts'),
  json: JSON.stringify({ id: 'a1b2c3', items: [{ name: 'First', price: 12.5, tags: ['x', 'y'] }], ok: true }),
  Chinese:
    '人工智能是计算机科学的一个分支，它企图了解智能的实质，并生产出一种新的能以人类智能相似的方式做出反应的智能机器。',
  Russian: 'Искусственный интеллект — это область информатики, которая занимается созданием умных систем. ',
  Spanish:
    'La inteligencia artificial es una disciplina de la informática que busca crear máquinas inteligentes. ',
  digits: '3141592653589793 2384626433832795 0288419716939937 ',
  base64: Buffer.from(here('./count.ts')).toString('base64').slice(0, 4000),
  spaces: ' '.repeat(500),
}

describe('estimateTokens', () => {
  it.each(Object.keys(TEXTS))('comes close for %s', async name => {
    const text = (TEXTS[name] ?? '').repeat(4)
    const truth = await tokenize('o200k_base', text)
    const estimate = estimateTokens(text)
    expect(estimate).toBeGreaterThan(truth * 0.75)
    expect(estimate).toBeLessThan(truth * 1.5)
  })

  it('answers for a number of characters', () => {
    expect(estimateTokens(4001)).toBe(1001)
    expect(estimateTokens(0)).toBe(0)
    expect(estimateTokens('')).toBe(0)
  })

  it('takes milliseconds for 100 KB, whatever they hold', () => {
    for (const text of Object.values(TEXTS)) {
      const big = text.repeat(Math.ceil(100_000 / text.length)).slice(0, 100_000)
      const times = Array.from({ length: 15 }, () => {
        const started = performance.now()
        estimateTokens(big)
        return performance.now() - started
      })
      // Two milliseconds are promised; the best of many runs is what a busy machine cannot spoil.
      expect(Math.min(...times)).toBeLessThan(20)
    }
  })
})

describe('estimateRequestTokens', () => {
  const chat = (content: unknown, more = {}) => ({
    model: 'gpt-4o',
    messages: [{ role: 'user', content }],
    ...more,
  })

  it('counts texts, message overhead, tools and images', () => {
    const plain = estimateRequestTokens(chat('hello'))
    expect(plain).toBeGreaterThanOrEqual(8)
    expect(plain).toBeLessThan(15)
    const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(1_000_000)}` } }
    expect(estimateRequestTokens(chat([{ type: 'text', text: 'hello' }, image]))).toBe(plain + 250)
    const tools = [
      { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } },
    ]
    expect(estimateRequestTokens(chat('hello', { tools }))).toBeGreaterThan(plain + 15)
  })

  it('judges a long text by samples, close to its full estimate', () => {
    const text = (TEXTS.code ?? '') + (TEXTS.prose ?? '').repeat(300)
    const full = estimateTokens(text)
    const quick = estimateRequestTokens(chat(text))
    expect(quick).toBeGreaterThan(full * 0.7)
    expect(quick).toBeLessThan(full * 1.5)
  })

  it('counts token ids as they are and texts by estimate, for embeddings', () => {
    expect(estimateRequestTokens({ model: 'text-embedding-3-small', input: [1, 2, 3] })).toBe(3 + 3)
    expect(estimateRequestTokens({ model: 'text-embedding-3-small', input: [[1, 2], [3]] })).toBe(3 + 3)
    expect(
      estimateRequestTokens({ model: 'text-embedding-3-small', input: ['hello', 'hello'] }),
    ).toBeGreaterThan(3)
  })

  it('expects more of families with denser tokenizers', () => {
    const text = TEXTS.prose?.repeat(10)
    const gpt = estimateRequestTokens(chat(text))
    expect(estimateRequestTokens({ ...chat(text), model: 'claude-opus-5' })).toBeGreaterThan(gpt * 1.3)
  })

  it('survives shapes nobody should send', () => {
    const deep: unknown[] = []
    let at = deep
    for (let i = 0; i < 10_000; i++) at.push((at = []))
    expect(
      estimateRequestTokens({ messages: [null, 5, { content: [null, 7, {}] }], tools: [deep] }),
    ).toBeGreaterThan(0)
    expect(estimateRequestTokens({})).toBeGreaterThan(0)
  })
})
