import type { Codec, WireRequest } from '../../../codecs/codec.ts'
import { openaiEmbeddings } from '../../../codecs/openai-embeddings/codec.ts'
import { badRequest } from '../../../errors.ts'
import type { EmbeddingRequest } from '../../../types/embedding.ts'
import { foundryPath } from './azure-ai-paths.ts'

const imagePath = foundryPath('/images/embeddings')

/**
 * Embeddings of texts as OpenAI has them, and of images: inputs that are `data:image/…` URIs go to a path of their own.
 * Throws `BadRequestError` for a mixture. Source: https://learn.microsoft.com/rest/api/aifoundry/modelinference
 */
export const azureAiEmbeddings: Codec<'embedding'> = {
  ...openaiEmbeddings,
  upstream: {
    ...openaiEmbeddings.upstream,
    encodeRequest(request, info): WireRequest {
      const wire = openaiEmbeddings.upstream.encodeRequest(request, info)
      const images = imagesOf(request)
      if (images === undefined) return wire
      const input = images.map(image => ({ image }))
      return {
        body: { ...wire.body, input },
        path: imagePath({ model: info.model, deployment: info.deployment }),
      }
    },
  },
}

function imagesOf({ input }: EmbeddingRequest): string[] | undefined {
  const list: readonly unknown[] = Array.isArray(input) ? input : [input]
  const images = list.filter(item => typeof item === 'string' && item.startsWith('data:image/')) as string[]
  if (images.length === 0) return undefined
  if (images.length === list.length) return images
  throw badRequest('input: texts and images cannot be embedded together; send them in two calls.', 'input')
}
