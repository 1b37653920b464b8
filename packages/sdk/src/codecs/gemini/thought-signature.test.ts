import { describe, expect, test } from 'vitest'
import type { AssistantMessage, ThinkingBlock } from '../../types/chat.ts'
import { encodeContext } from '../anthropic-messages/request/context.ts'
import { encodeHistoryThinking } from '../anthropic-messages/request/thinking.ts'
import { testInfo } from '../anthropic-messages/testing/call-info.ts'
import { encodeParts, readParts } from './reply/candidate.ts'
import { decodeContents, encodeContents } from './request/contents.ts'

const thought = { text: 'I think.', thought: true, thoughtSignature: 'CpcHAdHtim9q' }
const hello = { role: 'user' as const, content: 'Hello' }

function historyOf(block: ThinkingBlock, more: Partial<AssistantMessage> = {}) {
  const info = testInfo('gemini-2.5-flash')
  const said: AssistantMessage = { role: 'assistant', content: 'Hi', thinking_blocks: [block], ...more }
  const [, turn] = encodeContents([hello, said, hello], info) as { parts: unknown[] }[]
  return { parts: turn?.parts, told: info.warnings.map(({ param }) => param) }
}

describe('a thought that Google signed', () => {
  const [block] = readParts({ content: { parts: [thought] } }, () => 'id').thinking as [ThinkingBlock]

  test('goes back to Google as it came', () => {
    expect(historyOf(block).parts).toEqual([thought, { text: 'Hi' }])
  })

  test('is never sent to Anthropic', () => {
    const info = testInfo()
    expect(encodeHistoryThinking([block], 'messages[0]', encodeContext(info))).toEqual([])
    expect(info.warnings).toMatchObject([{ action: 'dropped', param: 'messages[0].thinking_blocks[0]' }])
  })

  test('is shown to a client of Google’s format as it came, and comes back the same', () => {
    const parts = encodeParts({ thinking_blocks: [block] }, true)
    expect(parts).toEqual([thought])
    const [message] = decodeContents([{ role: 'model', parts }], testInfo())
    expect(message?.thinking_blocks).toEqual([block])
  })
})

describe('a thought that Anthropic signed', () => {
  const block: ThinkingBlock = { type: 'thinking', thinking: 'I think.', signature: 'ErUBCkYIBxgC' }

  test('is never sent to Google', () => {
    const { parts, told } = historyOf(block)
    expect(parts).toEqual([{ text: 'Hi' }])
    expect(told).toEqual(['messages[1].thinking_blocks[0]'])
  })

  test('outlives a client of Google’s format, whose signatures are base64', () => {
    const parts = encodeParts({ thinking_blocks: [block] }, true)
    expect(parts[0]?.thoughtSignature).toMatch(/^[\w+/]+=*$/)
    const [message] = decodeContents([{ role: 'model', parts }], testInfo())
    expect(message?.thinking_blocks).toEqual([block])
  })
})

test('an unmarked signature is Google’s where the message bears others of Google’s', () => {
  const block: ThinkingBlock = { type: 'thinking', thinking: 'I think.', signature: 'CpcHAdHtim9q' }
  const { parts } = historyOf(block, { provider_specific_fields: { thought_signatures: ['abc'] } })
  expect(parts).toEqual([thought, { text: 'Hi', thoughtSignature: 'abc' }])
})
