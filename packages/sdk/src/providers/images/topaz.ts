import type { Codec } from '../../codecs/codec.ts'
import { pixels } from '../../codecs/media/image-size.ts'
import { decodeError } from '../../codecs/openai-chat/errors/errors.ts'
import { imageForm } from '../../codecs/openai-images/form.ts'
import { stated, warnBytesOnly } from '../../codecs/openai-images/options.ts'
import { noImages } from '../../codecs/openai-images/response.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import { WireBytes } from '../../types/wire-body.ts'
import type { Provider } from '../provider.ts'
import { imageOf } from './image-answers.ts'

const credentials: Credentials = {
  env: ['TOPAZ_API_KEY'],
  required: true,
  sign(request, secret) {
    if (secret) request.headers['x-api-key'] = secret
  },
}

/** A better picture of the same: the answer is the file. */
const variation: Codec<'image_variation'> = {
  endpoint: 'image_variation',
  format: 'topaz',
  framing: 'sse',
  upstream: {
    params: new Set(['response_format', 'size']),
    inlines: () => true,
    takesBytes: true,
    encodeRequest(request, info) {
      const { size, response_format: format, ...rest } = stated(request)
      if (format !== undefined && format !== 'b64_json') warnBytesOnly(info.warn)
      const sides = pixels(size)
      const output = sides ? { output_width: sides[0], output_height: sides[1] } : {}
      return {
        body: {},
        payload: imageForm({ ...rest, ...output, model: info.model }),
        headers: { accept: 'image/jpeg' },
      }
    },
    decodeResponse(body, info) {
      if (!(body instanceof WireBytes)) throw noImages(info)
      return imageOf(body, info)
    },
    decodeError,
  },
}

/** Source: https://developer.topazlabs.com/image-api/introduction */
export const topaz: Provider = {
  name: 'topaz',
  title: 'Topaz Labs',
  docs: 'https://developer.topazlabs.com',
  baseUrl: 'https://api.topazlabs.com',
  baseUrlEnv: ['TOPAZ_API_BASE'],
  credentials,
  endpoints: { image_variation: [{ codec: variation, path: '/image/v1/enhance' }] },
  exampleModels: ['Standard V2', 'High Fidelity V2'],
}
