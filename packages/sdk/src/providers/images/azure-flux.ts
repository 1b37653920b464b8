import type { CallInfo, Codec } from '../../codecs/codec.ts'
import { base64Of } from '../../codecs/media/image-input.ts'
import { pixels } from '../../codecs/media/image-size.ts'
import { decodeError } from '../../codecs/openai-chat/errors/errors.ts'
import { dropResponseFormat, stated } from '../../codecs/openai-images/options.ts'
import { decodeImages } from '../../codecs/openai-images/response.ts'
import type { JsonObject } from '../../types/json.ts'
import type { Binding } from '../provider.ts'

/** FLUX.2 has its maker's path and words there; its answers are OpenAI's. */
export const isFlux2 = (model: string) => /flux[.-]?2/i.test(model)

function bodyOf(request: JsonObject, info: CallInfo): JsonObject {
  const { size, n, stream: _, image: __, ...body } = stated(request)
  dropResponseFormat(body, info.warn)
  const sides = pixels(size)
  return {
    ...body,
    model: info.model,
    ...(sides && { width: sides[0], height: sides[1] }),
    ...(n !== undefined && { num_images: n }),
  }
}

const shared = {
  params: new Set(['n', 'output_format', 'response_format', 'size']),
  decodeResponse: decodeImages,
  decodeError,
}

const generation: Codec<'image_generation'> = {
  endpoint: 'image_generation',
  format: 'azure-flux',
  framing: 'sse',
  upstream: { ...shared, encodeRequest: (request, info) => ({ body: bodyOf(request, info) }) },
}

const edit: Codec<'image_edit'> = {
  endpoint: 'image_edit',
  format: 'azure-flux',
  framing: 'sse',
  upstream: {
    ...shared,
    inlines: () => true,
    encodeRequest(request, info) {
      const pictures = request.image.map(
        (input, index) =>
          [
            index === 0 ? 'input_image' : `input_image_${index + 1}`,
            base64Of(input, `image[${index}]`),
          ] as const,
      )
      return { body: { ...bodyOf(request, info), ...Object.fromEntries(pictures) } }
    },
  },
}

const place: Pick<Binding, 'path' | 'baseUrl' | 'serves'> = {
  serves: isFlux2,
  baseUrl: base => base.replace(/\/(openai|models)(\/.*)?$/, ''),
  path({ model, deployment }) {
    const version = encodeURIComponent(deployment.apiVersion ?? 'preview')
    const name = encodeURIComponent(model.toLowerCase().replaceAll('.', '-'))
    return `/providers/blackforestlabs/v1/${name}?api-version=${version}`
  },
}

/** FLUX.2 on Azure AI Foundry. Source: https://learn.microsoft.com/azure/ai-foundry/foundry-models/how-to/use-foundry-models-flux */
export const azureFlux = {
  generation: { codec: generation, ...place } satisfies Binding<'image_generation'>,
  edit: { codec: edit, ...place } satisfies Binding<'image_edit'>,
}
