import { expect, test } from 'vitest'
import { checkFileSizes } from './file-limit.ts'

const file = (size: number) => ({ filename: 'a.wav', contentType: 'audio/wav', bytes: Buffer.alloc(size) })

test('a file beyond the limit is refused by its field, alone or in a list', () => {
  const limit = { maxFileBytes: 10 }
  expect(() => checkFileSizes({ model: 'm', file: file(10), prompt: 'x'.repeat(99) }, limit)).not.toThrow()
  expect(() => checkFileSizes({ file: file(11) }, {})).not.toThrow()
  expect(() => checkFileSizes({ file: file(11) }, limit)).toThrow(/^file: the file "a.wav" has 11 bytes/)
  expect(() => checkFileSizes({ image: [file(1), file(11)] }, limit)).toThrow(
    expect.objectContaining({ status: 413, param: 'image' }),
  )
})
