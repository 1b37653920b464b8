import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CallInfo, WireRequest } from '../codec.ts'
import { fieldNames, readFields, without } from '../gemini/request/fields.ts'
import { nearestRatio } from '../media/image-size.ts'
import { warnBytesOnly } from '../openai-images/options.ts'

const RATIOS = ['1:1', '3:4', '4:3', '9:16', '16:9']

/** OpenAI's parameters that Imagen has words for. */
export const IMAGEN_PARAMS: ReadonlySet<string> = new Set([
  'n',
  'output_compression',
  'output_format',
  'response_format',
  'size',
])
const OWN = new Set([
  ...IMAGEN_PARAMS,
  'model',
  'prompt',
  'image',
  'mask',
  'stream',
  'user',
  'metadata',
  'parameters',
])
/** Source: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/imagen-api */
const PARAMETERS = fieldNames(
  'addWatermark',
  'aspectRatio',
  'editConfig',
  'editMode',
  'enhancePrompt',
  'guidanceScale',
  'includeRaiReason',
  'includeSafetyAttributes',
  'language',
  'negativePrompt',
  'outputOptions',
  'personGeneration',
  'safetySetting',
  'sampleCount',
  'sampleImageSize',
  'seed',
  'storageUri',
)

interface Asked extends JsonObject {
  prompt: string
  n?: number | null
  size?: string | null
}

/** One instance and the parameters beside it; keys that only Imagen knows are parameters too. */
export function encodeImagen(request: Asked, instance: JsonObject, info: CallInfo): WireRequest {
  if (request.response_format === 'url') warnBytesOnly(info.warn)
  const ratio = nearestRatio(request.size, RATIOS, info.warn)
  const format = typeof request.output_format === 'string' ? request.output_format : undefined
  const output = {
    ...(format !== undefined && { mimeType: `image/${format === 'jpg' ? 'jpeg' : format}` }),
    ...(request.output_compression != null && { compressionQuality: request.output_compression }),
  }
  const parameters = {
    sampleCount: request.n ?? 1,
    ...(ratio !== undefined && { aspectRatio: ratio }),
    ...(Object.keys(output).length > 0 && { outputOptions: output }),
    ...readFields(without(request, OWN), PARAMETERS),
    ...(isJsonObject(request.parameters) && request.parameters),
  }
  return { body: { instances: [instance], parameters } }
}
