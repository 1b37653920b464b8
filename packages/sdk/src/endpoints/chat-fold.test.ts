import { expect, test } from 'vitest'
import type { ChatChunk, ChatDelta } from '../types/chat.ts'
import { foldChunks } from './chat-fold.ts'

const chunk = (delta: ChatDelta, more: object = {}): ChatChunk => ({
  id: 'r',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: null }],
  ...more,
})

test('reasoning details that came in pieces are whole again', () => {
  const piece = (more: object) => ({
    type: 'reasoning.text',
    format: 'anthropic-claude-v1',
    index: 0,
    ...more,
  })
  const sealed = { type: 'reasoning.encrypted', data: 'x', index: 1 }
  const [choice] = foldChunks([
    chunk({ reasoning_details: [piece({ text: 'Hm, ' })] }),
    chunk({ reasoning_details: [piece({ text: 'so.' })] }),
    chunk({ reasoning_details: [piece({ signature: 's' }), sealed] }),
  ]).choices
  expect(choice?.message.reasoning_details).toEqual([piece({ text: 'Hm, so.', signature: 's' }), sealed])
})

test('what a search found is kept once', () => {
  const found = { citations: ['https://a.example'], search_results: [{ url: 'https://a.example' }] }
  expect(foldChunks([chunk({ content: 'a' }, found), chunk({ content: 'b' }, found)])).toMatchObject(found)
})
