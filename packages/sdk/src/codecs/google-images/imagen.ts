import { createError } from '../../errors.ts'
import type { ImageItem, ImageResponse } from '../../types/image-generation.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CallInfo, Codec } from '../codec.ts'
import { decodeError } from '../gemini/errors.ts'
import { base64Of } from '../media/image-input.ts'
import { noImages } from '../openai-images/response.ts'
import { encodeImagen, IMAGEN_PARAMS } from './imagen-request.ts'

/** Imagen's `:predict`, of the Gemini API and of Vertex AI. Source: https://ai.google.dev/gemini-api/docs/imagen */
export const imagen: Codec<'image_generation'> = {
  endpoint: 'image_generation',
  format: 'imagen',
  framing: 'sse',
  upstream: {
    params: IMAGEN_PARAMS,
    encodeRequest: (request, info) => encodeImagen(request, { prompt: request.prompt }, info),
    decodeResponse: decodeImagen,
    decodeError,
  },
}

/**
 * Imagen's editing, by pictures to refer to and a mask of what to change.
 * Source: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/imagen-api-edit
 */
export const imagenEdit: Codec<'image_edit'> = {
  endpoint: 'image_edit',
  format: 'imagen',
  framing: 'sse',
  upstream: {
    params: new Set([...IMAGEN_PARAMS, 'mask']),
    inlines: () => true,
    encodeRequest(request, info) {
      const { image, mask, prompt } = request
      const pictures = image.map((input, index) => ({
        referenceType: 'REFERENCE_TYPE_RAW',
        referenceId: index + 1,
        referenceImage: { bytesBase64Encoded: base64Of(input, `image[${index}]`) },
      }))
      if (mask == null) return encodeImagen(request, { prompt, referenceImages: pictures }, info)
      const masked = {
        referenceType: 'REFERENCE_TYPE_MASK',
        referenceId: pictures.length + 1,
        referenceImage: { bytesBase64Encoded: base64Of(mask, 'mask') },
        maskImageConfig: { maskMode: 'MASK_MODE_USER_PROVIDED' },
      }
      const inpaint = { editMode: 'EDIT_MODE_INPAINT_INSERTION', ...request }
      return encodeImagen(inpaint, { prompt, referenceImages: [...pictures, masked] }, info)
    },
    decodeResponse: decodeImagen,
    decodeError,
  },
}

/** Pictures that were held back are not in the answer; when all were, the reason is the error. */
function decodeImagen(body: unknown, info: CallInfo): ImageResponse {
  const predictions = isJsonObject(body) && isJsonArray(body.predictions) ? body.predictions : []
  const entries = predictions.filter(isJsonObject)
  const data = entries.flatMap(itemOf)
  const reasons = entries.flatMap(({ raiFilteredReason: why }) => (typeof why === 'string' ? [why] : []))
  if (data.length === 0) throw reasons.length > 0 ? heldBack(reasons, info) : noImages(info)
  for (const reason of reasons)
    info.warn({ action: 'dropped', param: 'n', reason: `a picture was held back: ${reason}` })
  return { created: Math.floor(info.now / 1000), data }
}

function itemOf({ bytesBase64Encoded: bytes, gcsUri, prompt }: JsonObject): ImageItem[] {
  const revised = typeof prompt === 'string' && prompt !== '' ? { revised_prompt: prompt } : {}
  if (typeof bytes === 'string') return [{ b64_json: bytes, ...revised }]
  return typeof gcsUri === 'string' ? [{ url: gcsUri, ...revised }] : []
}

function heldBack(reasons: readonly string[], info: CallInfo) {
  return createError({
    kind: 'content_policy',
    message: reasons.join(' '),
    provider: info.deployment.provider,
    model: info.model,
  })
}
