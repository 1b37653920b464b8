import { expect, test } from 'vitest'
import { ThinkReader } from './think-reader.ts'

function parted(...pieces: readonly string[]) {
  const tags = new ThinkReader()
  const all = [...pieces.map(piece => tags.push(piece)), tags.end()]
  return [all.map(({ thinking }) => thinking).join(''), all.map(({ text }) => text).join('')]
}

test('thinking in front is parted from the answer, however it is cut', () => {
  const said = '\n<think>Is 1 < 2? </thin yes.</think>\n\nYes. <think>'
  for (let at = 0; at <= said.length; at++)
    expect(parted(said.slice(0, at), said.slice(at)).map(text => text.trimStart())).toEqual([
      'Is 1 < 2? </thin yes.',
      'Yes. <think>',
    ])
})

test('an answer without it is untouched', () => {
  for (const text of ['', ' Hi', 'x <think>no</think>', '<thi', '<think'])
    expect(parted(...text)).toEqual(['', text])
})

test('thinking without an end is all thinking', () => {
  expect(parted('<think>Hm', ' </th')).toEqual(['Hm </th', ''])
})
