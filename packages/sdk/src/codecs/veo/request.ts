import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { VideoGenerationRequest } from '../../types/video.ts'
import type { CallInfo, WireRequest } from '../codec.ts'
import { fieldNames, readFields, without } from '../gemini/request/fields.ts'
import { base64Of } from '../media/image-input.ts'
import { nearestRatio, pixels } from '../media/image-size.ts'

const RATIOS = ['16:9', '9:16']
/** Lines of the shorter side → `resolution`. */
const FULL_LINES = 1_080
const MOST_LINES = 2_160

const OWN = new Set([
  'model',
  'prompt',
  'seconds',
  'size',
  'input_reference',
  'user',
  'metadata',
  'parameters',
])
const INSTANCE = fieldNames('image', 'lastFrame', 'video', 'referenceImages', 'mask')
const PARAMETERS = fieldNames(
  'aspectRatio',
  'compressionQuality',
  'durationSeconds',
  'enhancePrompt',
  'generateAudio',
  'negativePrompt',
  'personGeneration',
  'resizeMode',
  'resolution',
  'sampleCount',
  'seed',
  'storageUri',
)

/** Hub request → `:predictLongRunning`. Source: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/veo-video-generation */
export function encodeVeo(request: VideoGenerationRequest, info: CallInfo): WireRequest {
  const { prompt, input_reference: picture, seconds } = request
  const extras = readFields(readFields(without(request, OWN), PARAMETERS), INSTANCE)
  const isInstance = ([key]: [string, unknown]) => INSTANCE.has(key)
  const ratio = nearestRatio(request.size, RATIOS, info.warn)
  const resolution = resolutionOf(request.size)
  const parameters: JsonObject = {
    ...(ratio !== undefined && { aspectRatio: ratio }),
    ...(resolution !== undefined && { resolution }),
    ...(seconds != null && { durationSeconds: Number(seconds) }),
    ...Object.fromEntries(Object.entries(extras).filter(entry => !isInstance(entry))),
    ...(isJsonObject(request.parameters) && request.parameters),
  }
  const instance = {
    prompt,
    ...(picture != null && { image: pictureOf(picture) }),
    ...Object.fromEntries(Object.entries(extras).filter(isInstance)),
  }
  return { body: { instances: [instance], ...(Object.keys(parameters).length > 0 && { parameters }) } }
}

function pictureOf(picture: NonNullable<VideoGenerationRequest['input_reference']>): JsonObject {
  const mimeType =
    typeof picture === 'string'
      ? picture.slice(5, picture.indexOf(';'))
      : (picture.contentType.split(';')[0] ?? '')
  return { bytesBase64Encoded: base64Of(picture, 'input_reference'), mimeType }
}

function resolutionOf(size: unknown): string | undefined {
  const asked = pixels(size)
  if (asked === undefined) return undefined
  const lines = Math.min(...asked)
  return lines >= MOST_LINES ? '4k' : lines >= FULL_LINES ? '1080p' : '720p'
}
