import type { Cases } from './cases.ts'
import { PICTURE_URI, PICTURE_URL, picture } from './files.ts'

const prompt = 'A red square turns'
/** As vendors write them: a path at Google, a plain id elsewhere. */
const plainId = { video_id: 'video_68e688512950' }
const longPath = {
  video_id: 'projects/p/locations/us-central1/publishers/google/models/veo-3.0-generate-001/operations/abc-1',
}
const path = { video_id: 'models/veo-3.0/operations/abc-1' }

export const videoGenerationCases: Cases<'video_generation'> = {
  'a prompt': { prompt },
  'every parameter': { prompt, seconds: '8', size: '1280x720', input_reference: picture(), user: 'person-1' },
  'seconds as a number': { prompt, seconds: 4 },
  'seconds that nobody makes': { prompt, seconds: '900' },
  'a portrait': { prompt, size: '1080x1920' },
  'a size that is none': { prompt, size: 'large' },
  'an inline picture': { prompt, input_reference: PICTURE_URI },
  'the address of a picture': { prompt, input_reference: PICTURE_URL },
  'beyond ASCII': { prompt: 'Grüezi, 世界 👋🏽', input_reference: picture('Überschrift 猫.png') },
  'null everywhere': { prompt, seconds: null, size: null, input_reference: null, user: null },
  'unknown fields': { prompt, seed: 7, nested: { depth: 2 } },
}

export const videoStatusCases: Cases<'video_status'> = {
  'a plain id': plainId,
  'an id that is a path': path,
  'an id that is a long path': longPath,
  'unknown fields': { ...plainId, colour: 'red' },
}

export const videoContentCases: Cases<'video_content'> = {
  ...videoStatusCases,
  'the picture for it': { ...plainId, variant: 'thumbnail' },
  'null everywhere': { ...plainId, variant: null },
}

export const videoRemixCases: Cases<'video_remix'> = {
  'a plain id': { ...plainId, prompt },
  'an id that is a path': { ...path, prompt },
  'beyond ASCII': { ...plainId, prompt: 'Grüezi, 世界 👋🏽' },
}

export const videoListCases: Cases<'video_list'> = {
  'all of them': {},
  'every parameter': { after: 'video_68e688512950', limit: 5, order: 'asc' },
  'null everywhere': { after: null, limit: null, order: null },
}
