import { badRequest } from '../../errors.ts'
import type { EmbeddingRequest } from '../../types/embedding.ts'
import type { JsonObject } from '../../types/json.ts'
import type { CallInfo, WireRequest } from '../codec.ts'
import { without } from '../gemini/request/fields.ts'

const OWN = new Set([
  'model',
  'input',
  'dimensions',
  'encoding_format',
  'user',
  'metadata',
  'input_type',
  'embedding_types',
])

/** Hub request → body of `POST /v2/embed`. `truncate`, `max_tokens` … are copied as they are. */
export function encodeRequest(request: EmbeddingRequest, info: CallInfo): WireRequest {
  const inputs = inputsOf(request.input)
  const onlyImages = inputs.every(isImage)
  return {
    body: {
      model: info.model,
      ...encodeInputs(inputs, onlyImages),
      input_type: request.input_type ?? (onlyImages ? 'image' : 'search_document'),
      embedding_types: request.embedding_types ?? [request.encoding_format ?? 'float'],
      ...(request.dimensions != null && { output_dimension: request.dimensions }),
      ...without(request, OWN),
    },
  }
}

/** A list of one kind has a field of its own, which older models take too; only `inputs` can mix them. */
function encodeInputs(inputs: readonly string[], onlyImages: boolean): JsonObject {
  if (onlyImages) return { images: inputs }
  if (!inputs.some(isImage)) return { texts: inputs }
  return {
    inputs: inputs.map(input => ({
      content: [
        isImage(input) ? { type: 'image_url', image_url: { url: input } } : { type: 'text', text: input },
      ],
    })),
  }
}

function isImage(input: string): boolean {
  return input.startsWith('data:image/')
}

function inputsOf(input: unknown): string[] {
  const list: unknown[] = Array.isArray(input) ? input : [input]
  if (list.length === 0) throw badRequest('input: must hold at least one text or image.', 'input')
  return list.map((item, index) => {
    if (typeof item === 'string') return item
    const path = Array.isArray(input) ? `input[${index}]` : 'input'
    throw badRequest(`${path}: Cohere embeds texts and images, not tokens. Send the text itself.`, path)
  })
}
