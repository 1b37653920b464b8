import type { Cases } from './cases.ts'
import { PICTURE_URI, PICTURE_URL } from './files.ts'

const input = 'Hello'

export const embeddingCases: Cases<'embedding'> = {
  'one text': { input },
  'many texts': { input: ['Hello', 'Goodbye'] },
  'every parameter': { input, dimensions: 256, encoding_format: 'float', user: 'person-1' },
  'vectors as base64': { input: ['Hello'], encoding_format: 'base64' },
  tokens: { input: [9906, 1917] },
  'lists of tokens': { input: [[9906], [15571, 29474]] },
  'a picture': { input: [PICTURE_URI] },
  'a text and a picture': { input: ['Hello', PICTURE_URI] },
  'the address of a picture': { input: [PICTURE_URL] },
  'no texts': { input: [] },
  'an empty text': { input: '' },
  'what the text is for': { input, input_type: 'query' },
  'beyond ASCII': { input: 'Grüezi, 世界 👋🏽\n\u2028' },
  'null everywhere': { input, dimensions: null, encoding_format: null, user: null },
  'unknown fields': { input, colour: 'red', nested: { depth: 2 } },
}
