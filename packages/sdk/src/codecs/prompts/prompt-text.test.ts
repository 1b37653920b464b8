import { expect, test } from 'vitest'
import type { Warning } from '../../types/warning.ts'
import type { CallInfo } from '../codec.ts'
import { promptText, refuseImages, wholePrompt } from './prompt-text.ts'

function infoWith(warnings: Warning[]): CallInfo {
  const deployment = { id: 'd', group: 'g', provider: 'petals', model: 'm' }
  return {
    id: 'c',
    now: 0,
    model: 'm',
    stream: false,
    deployment,
    warn: warning => void warnings.push(warning),
  }
}

test('a lone user message is the prompt', () => {
  const warnings: Warning[] = []
  const text = promptText(
    [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What?' },
          { type: 'image_url', image_url: { url: 'https://x.example/a.png' } },
        ],
      },
    ],
    infoWith(warnings),
  )
  expect(text).toEqual({ system: 'Be brief.', prompt: 'What?', images: ['https://x.example/a.png'] })
  expect(wholePrompt(text)).toBe('Be brief.\n\nWhat?')
  expect(warnings).toEqual([])
  expect(() => refuseImages(text, infoWith(warnings))).toThrow(/petals takes text only/)
})

test('a conversation is written down, and that is noted', () => {
  const warnings: Warning[] = []
  const { prompt } = promptText(
    [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Yo' },
      { role: 'user', content: 'Why?' },
    ],
    infoWith(warnings),
  )
  expect(prompt).toBe('User: Hi\nAssistant: Yo\nUser: Why?\nAssistant:')
  expect(warnings.map(({ action, param }) => `${action} ${param}`)).toEqual(['approximated messages'])
})

test('tools and files are refused by their place', () => {
  const info = infoWith([])
  expect(() => promptText([{ role: 'tool', tool_call_id: 'c', content: 'x' }], info)).toThrow(
    /messages\[0\]: petals/,
  )
  expect(() =>
    promptText([{ role: 'user', content: [{ type: 'file', file: { file_id: 'f' } }] }], info),
  ).toThrow(/messages\[0\]\.content\[0\]\.type/)
})
