import { badRequest } from '../../errors.ts'
import type { ImageVariationRequest } from '../../types/image-variation.ts'
import { isJsonObject } from '../../types/json.ts'
import { WireForm } from '../../types/wire-body.ts'
import type { Codec, InboundInfo } from '../codec.ts'
import { formObject } from '../form-object.ts'
import { decodeError, encodeError } from '../openai-chat/errors/errors.ts'
import { checkImageParams, modelOf } from './check.ts'
import { pictureOf } from './edit.ts'
import { imageForm } from './form.ts'
import { stated, VARIATION_PARAMS } from './options.ts'
import { decodeImages } from './response.ts'

/** Source: https://platform.openai.com/docs/api-reference/images/createVariation */
export const openaiImageVariations: Codec<'image_variation'> = {
  endpoint: 'image_variation',
  format: 'openai-image-variations',
  framing: 'sse',
  upstream: {
    params: new Set(VARIATION_PARAMS),
    inlines: () => true,
    encodeRequest: (request, info) => ({
      body: {},
      payload: imageForm({ ...stated(request), model: info.model }),
    }),
    decodeResponse: decodeImages,
    decodeError,
  },
  inbound: { takesForms: true, decodeRequest, encodeResponse: response => response, encodeError },
}

/** The only model OpenAI ever made variations with. */
const DEFAULT_MODEL = 'dall-e-2'

function decodeRequest(given: unknown, info: InboundInfo): ImageVariationRequest {
  const body = given instanceof WireForm ? formObject(given, { numbers: ['n'] }) : given
  if (!isJsonObject(body))
    throw badRequest('The request body must be a multipart form with an image, or a JSON object.')
  if (body.image == null || Array.isArray(body.image))
    throw badRequest('image: must be one file, as a form field "image".', 'image')
  checkImageParams(body)
  return {
    ...body,
    model: modelOf(body, info.model, DEFAULT_MODEL),
    image: pictureOf(body.image, 'image'),
  }
}
