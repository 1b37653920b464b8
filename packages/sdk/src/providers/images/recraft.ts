import type { Codec } from '../../codecs/codec.ts'
import { onlyPicture } from '../../codecs/media/image-input.ts'
import { decodeError } from '../../codecs/openai-chat/errors/errors.ts'
import { openaiImagesWith } from '../../codecs/openai-images/codec.ts'
import { imageForm } from '../../codecs/openai-images/form.ts'
import { stated } from '../../codecs/openai-images/options.ts'
import { decodeImages } from '../../codecs/openai-images/response.ts'
import { bearer } from '../../credentials/bearer.ts'
import type { Provider } from '../provider.ts'

/** How much of the original an edit may change, where the caller does not say: LiteLLM's choice. */
const DEFAULT_STRENGTH = 0.2

const edit: Codec<'image_edit'> = {
  endpoint: 'image_edit',
  format: 'recraft',
  framing: 'sse',
  upstream: {
    params: new Set(['mask', 'n', 'response_format', 'style']),
    inlines: () => true,
    encodeRequest(request, info) {
      const { stream: _, image: __, ...rest } = stated(request)
      const first = onlyPicture(request.image, info)
      const isMasked = rest.mask !== undefined
      const strength = isMasked ? {} : { strength: DEFAULT_STRENGTH }
      return {
        body: {},
        payload: imageForm({ ...strength, ...rest, model: info.model, image: first }),
        path: isMasked ? '/v1/images/inpaint' : '/v1/images/imageToImage',
      }
    },
    decodeResponse: decodeImages,
    decodeError,
  },
}

/** Source: https://www.recraft.ai/docs/api-reference/endpoints */
export const recraft: Provider = {
  name: 'recraft',
  title: 'Recraft',
  docs: 'https://www.recraft.ai/docs/api-reference/endpoints',
  baseUrl: 'https://external.api.recraft.ai',
  baseUrlEnv: ['RECRAFT_API_BASE'],
  credentials: bearer(['RECRAFT_API_KEY']),
  endpoints: {
    image_generation: [
      {
        codec: openaiImagesWith({ params: ['n', 'response_format', 'size', 'style'], streams: false }),
        path: '/v1/images/generations',
      },
    ],
    image_edit: [{ codec: edit, path: '/v1/images/imageToImage' }],
  },
  errors: [{ kind: 'insufficient_quota', status: 400, code: 'not_enough_credits' }],
  exampleModels: ['recraftv3', 'recraftv2'],
}
