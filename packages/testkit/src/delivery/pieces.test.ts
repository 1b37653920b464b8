import { expect, test } from 'vitest'
import { piecesToWrite } from './pieces.ts'

const frames = ['abc', 'defg', 'hi'].map(text => Buffer.from(text))
const texts = (control: Parameters<typeof piecesToWrite>[1]) =>
  piecesToWrite(frames, control).buffers.map(buffer => buffer.toString())

test('without orders every frame is a piece', () => {
  expect(texts({})).toEqual(['abc', 'defg', 'hi'])
})

test('a chunk size cuts across frames', () => {
  expect(texts({ chunkBytes: 4 })).toEqual(['abcd', 'efgh', 'i'])
  expect(texts({ chunkBytes: 3 })).toEqual(['abc', 'def', 'ghi'])
})

test('split offsets are taken in order, and those outside are ignored', () => {
  expect(texts({ splitAt: [7, 1, 0, 99] })).toEqual(['a', 'bcdefg', 'hi'])
})

test('a cut keeps exactly the bytes before it, at every offset', () => {
  for (let offset = 0; offset <= 9; offset++) {
    const { buffers, isCut } = piecesToWrite(frames, { cutAfterBytes: offset })
    expect(Buffer.concat(buffers).toString()).toBe('abcdefghi'.slice(0, offset))
    expect(isCut).toBe(true)
  }
  expect(piecesToWrite(frames, { cutAfterBytes: 10 }).isCut).toBe(false)
})

test('a cut keeps the frames before it as pieces of their own', () => {
  expect(texts({ cutAfterBytes: 5 })).toEqual(['abc', 'de'])
  expect(texts({ cutAfterBytes: 5, chunkBytes: 2 })).toEqual(['ab', 'cd', 'e'])
})
