import type { Cases } from './cases.ts'
import { PICTURE_URI, PICTURE_URL, picture } from './files.ts'

const prompt = 'Make it blue'

export const imageEditCases: Cases<'image_edit'> = {
  'an upload': { prompt, image: [picture()] },
  'an inline picture': { prompt, image: [PICTURE_URI] },
  'an address': { prompt, image: [PICTURE_URL] },
  'several pictures': { prompt, image: [picture(), PICTURE_URI, picture('dog.png')] },
  'a mask': { prompt, image: [picture()], mask: picture('mask.png') },
  'an inline mask': { prompt, image: [PICTURE_URI], mask: PICTURE_URI },
  'every parameter': {
    ...{ prompt, image: [picture()], n: 2, size: '1024x1536', quality: 'high', background: 'opaque' },
    ...{ input_fidelity: 'high', moderation: 'low', output_format: 'jpeg', output_compression: 80 },
    ...{ response_format: 'b64_json', user: 'person-1' },
  },
  'a stream': { prompt, image: [picture()], stream: true, partial_images: 1 },
  'beyond ASCII': { prompt: 'Grüezi, 世界 👋🏽', image: [picture('Überschrift 猫.png')] },
  'null everywhere': {
    ...{ prompt, image: [picture()], mask: null, n: null, size: null, quality: null, response_format: null },
    ...{ background: null, input_fidelity: null, moderation: null, output_format: null },
    ...{ output_compression: null, stream: null, partial_images: null, user: null },
  },
  'unknown fields': { prompt, image: [picture()], seed: 7, nested: { depth: 2 } },
}
