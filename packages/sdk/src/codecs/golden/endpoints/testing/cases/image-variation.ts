import type { Cases } from './cases.ts'
import { PICTURE_URI, PICTURE_URL, picture } from './files.ts'

export const imageVariationCases: Cases<'image_variation'> = {
  'an upload': { image: picture() },
  'an inline picture': { image: PICTURE_URI },
  'an address': { image: PICTURE_URL },
  'every parameter': {
    image: picture(),
    n: 2,
    size: '512x512',
    response_format: 'b64_json',
    user: 'person-1',
  },
  'beyond ASCII': { image: picture('Überschrift 猫.png') },
  'null everywhere': { image: picture(), n: null, size: null, response_format: null, user: null },
  'unknown fields': { image: picture(), seed: 7, nested: { depth: 2 } },
}
