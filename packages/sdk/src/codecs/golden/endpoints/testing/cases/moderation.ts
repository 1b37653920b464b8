import type { Cases } from './cases.ts'
import { PICTURE_URI, PICTURE_URL } from './files.ts'

const text = { type: 'text', text: 'Hello' }

export const moderationCases: Cases<'moderation'> = {
  'one text': { input: 'Hello' },
  'many texts': { input: ['Hello', 'Goodbye'] },
  'a part': { input: [text] },
  'a text and a picture': { input: [text, { type: 'image_url', image_url: { url: PICTURE_URL } }] },
  'an inline picture': { input: [{ type: 'image_url', image_url: { url: PICTURE_URI } }] },
  'an empty text': { input: '' },
  'beyond ASCII': { input: 'Grüezi, 世界 👋🏽\n\u2028' },
  'unknown fields': { input: 'Hello', colour: 'red', nothing: null },
}
