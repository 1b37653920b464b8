import type { Cases } from './cases.ts'

const prompt = 'A red square'

export const imageGenerationCases: Cases<'image_generation'> = {
  'a prompt': { prompt },
  "every parameter of OpenAI's image models": {
    ...{ prompt, n: 1, size: '1536x1024', quality: 'high', background: 'transparent', moderation: 'low' },
    ...{ output_format: 'webp', output_compression: 80, user: 'person-1' },
  },
  'every parameter of DALL·E': {
    ...{ prompt, n: 1, size: '1792x1024', quality: 'hd', style: 'natural', response_format: 'url' },
  },
  'several as bytes': { prompt, n: 3, response_format: 'b64_json' },
  'any size': { prompt, size: 'auto', quality: 'auto', background: 'auto' },
  'a size that few make': { prompt, size: '1000x300' },
  'a size that is none': { prompt, size: 'large' },
  'a small square as JPEG': { prompt, size: '512x512', output_format: 'jpeg' },
  'a stream': { prompt, stream: true, partial_images: 2 },
  'beyond ASCII': { prompt: 'Grüezi, 世界 👋🏽\n\u2028' },
  'null everywhere': {
    ...{ prompt, n: null, size: null, quality: null, style: null, response_format: null, background: null },
    ...{ moderation: null, output_format: null, output_compression: null, stream: null },
    ...{ partial_images: null, user: null },
  },
  'what vendors add': { prompt, seed: 7, negative_prompt: 'blue', aspect_ratio: '16:9' },
  'unknown fields': { prompt, colour: 'red', nested: { depth: 2 } },
}
