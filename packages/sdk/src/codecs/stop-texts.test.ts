import { expect, test } from 'vitest'
import type { Warning } from '../types/warning.ts'
import { stopTexts } from './stop-texts.ts'

test.each([
  [undefined, undefined, 0],
  [null, undefined, 0],
  [[], undefined, 0],
  ['END', ['END'], 0],
  [['a', '\n'], ['a', '\n'], 0],
  ['', undefined, 1],
  [['', 'a', ''], ['a'], 1],
])('%j is %j, with %i receipts', (stop, texts, receipts) => {
  const warnings: Warning[] = []
  expect(stopTexts(stop, { warn: warning => void warnings.push(warning) })).toEqual(texts)
  expect(warnings.map(({ param }) => param)).toEqual(Array(receipts).fill('stop'))
})
