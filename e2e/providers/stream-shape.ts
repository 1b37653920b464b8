import type OpenAI from 'openai'
import { expect } from 'vitest'

export type Chunk = OpenAI.ChatCompletionChunk

/** Fields of a delta that OpenAI's clients know, and those that LiteLLM's clients know besides. */
const DELTA_FIELDS = new Set([
  ...['role', 'content', 'refusal', 'tool_calls', 'annotations'],
  ...['reasoning_content', 'thinking_blocks', 'provider_specific_fields'],
])

export interface ToolCall {
  readonly id: string
  readonly type: 'function'
  readonly function: { readonly name: string; readonly arguments: string }
}

export interface Told {
  readonly text: string
  readonly finish: string
  readonly calls: readonly ToolCall[]
  readonly usage: OpenAI.CompletionUsage
}

/**
 * What a stream of one choice said, after a look at its shape: one id, the role first, only known fields, each tool
 * call begun with its id and name, one finish, the usage last and alone, and `[DONE]`.
 */
export function readStream(received: readonly Chunk[], raw: string): Told {
  // Azure tells what its filter found in the prompt before anything else.
  const chunks = received.filter(chunk => !('prompt_filter_results' in chunk))
  expect(received.length - chunks.length).toBeLessThanOrEqual(1)
  expect(new Set(chunks.map(({ object }) => object))).toEqual(new Set(['chat.completion.chunk']))
  expect(raw.trimEnd().endsWith('data: [DONE]')).toBe(true)
  const spoken = chunks.filter(({ choices }) => choices.length > 0)
  const [id] = new Set(spoken.map(chunk => chunk.id))
  expect([...new Set(chunks.map(chunk => chunk.id))]).toEqual([id])
  expect(spoken[0]?.choices[0]?.delta.role).toBe('assistant')
  const choices = spoken.flatMap(chunk => chunk.choices)
  for (const { index, delta } of choices) {
    expect(index).toBe(0)
    expect(Object.keys(delta).filter(field => !DELTA_FIELDS.has(field))).toEqual([])
  }
  const finishes = choices.flatMap(({ finish_reason: reason }) => reason ?? [])
  expect(finishes).toHaveLength(1)
  expect(choices.at(-1)?.finish_reason).toBe(finishes[0])
  return {
    text: choices.map(({ delta }) => delta.content ?? '').join(''),
    finish: String(finishes[0]),
    calls: readCalls(choices),
    usage: readUsage(chunks),
  }
}

function readUsage(chunks: readonly Chunk[]): OpenAI.CompletionUsage {
  expect(chunks.filter(({ usage }) => usage)).toHaveLength(1)
  const last = chunks.at(-1)
  expect(last?.choices).toEqual([])
  expectUsage(last?.usage)
  return last?.usage as OpenAI.CompletionUsage
}

export function expectUsage(usage: OpenAI.CompletionUsage | null | undefined): void {
  expect(usage?.prompt_tokens).toBeGreaterThan(0)
  expect(usage?.completion_tokens).toBeGreaterThan(0)
  expect(usage?.total_tokens).toBe(Number(usage?.prompt_tokens) + Number(usage?.completion_tokens))
}

function readCalls(choices: readonly OpenAI.ChatCompletionChunk.Choice[]): readonly ToolCall[] {
  const calls: { id: string; type: 'function'; function: { name: string; arguments: string } }[] = []
  for (const piece of choices.flatMap(({ delta }) => delta.tool_calls ?? [])) {
    const begun = calls[piece.index]
    if (begun) begun.function.arguments += piece.function?.arguments ?? ''
    else {
      expect(piece).toMatchObject({ index: calls.length, id: expect.stringMatching(/./), type: 'function' })
      const { id = '', function: called } = piece
      expect(called?.name).toMatch(/./)
      calls.push({
        id,
        type: 'function',
        function: { name: called?.name ?? '', arguments: called?.arguments ?? '' },
      })
    }
  }
  for (const call of calls) expect(JSON.parse(call.function.arguments)).toBeTypeOf('object')
  return calls
}
