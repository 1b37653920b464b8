import { pngOf } from '../../answer/media.ts'
import { countTokens } from '../../answer/tokens.ts'
import { asText, type JsonObject } from '../../json.ts'
import { mediaUrl } from '../../media/wire.ts'
import type { WireAnswer, WireCall } from '../../wire/call.ts'
import type { Failure } from '../../wire/failure.ts'
import { namedFrame } from '../../wire/sse-frame.ts'
import type { CallOperation } from '../../wire/wire.ts'
import { createdAt } from '../chat.ts'
import { openaiErrorBody } from '../failures.ts'
import { checkImageModel, editShape, generationShape, isGptImage, variationShape } from './image-shape.ts'

const words = {
  frame: namedFrame,
  failureEvent: (failure: Failure) => ({ type: 'error', error: openaiErrorBody(failure) }),
} as const

/** Text and image tokens as GPT image models count them; each picture is one of 272, 1,056 or 4,160 tokens. */
const outputTokens: Readonly<Record<string, number>> = { low: 272, medium: 1_056, high: 4_160 }

export const generations: CallOperation = {
  kind: 'call',
  ...words,
  answer(call) {
    generationShape(call.body, [])
    return drawn(call, 'image_generation', 0)
  },
}

export const edits: CallOperation = {
  kind: 'call',
  takes: ['form', 'json'],
  ...words,
  answer(call) {
    editShape(call.body, [])
    const { image, 'image[]': images, images: references, mask } = call.body
    const inputs = [image ?? [], images ?? [], references ?? [], mask ?? []].flat().length
    return drawn(call, 'image_edit', inputs)
  },
}

export const variations: CallOperation = {
  kind: 'call',
  takes: ['form'],
  answer(call) {
    variationShape(call.body, [])
    return drawn(call, 'image_edit', 1)
  },
}

function drawn(call: WireCall, event: string, inputImages: number): WireAnswer {
  const { body } = call
  const model = call.model || 'dall-e-2'
  checkImageModel(body, model)
  const count = Number(body.n ?? 1)
  if (call.stream) return { events: eventsOf(call, event, inputImages) }
  const isInline = isGptImage(model) || body.response_format === 'b64_json'
  const said = asText(body.prompt) || 'a variation'
  const data = Array.from({ length: count }, (_, index) => ({
    ...(isInline
      ? { b64_json: pngOf(`${said} ${index}`).toString('base64') }
      : { url: mediaUrl(call.head, `${said} ${index}`, 'png') }),
    ...(model === 'dall-e-3' && { revised_prompt: `Please draw: ${said}` }),
  }))
  const more = isGptImage(model) ? { ...looksOf(body), usage: usageOf(body, inputImages, count) } : {}
  return { json: { created: createdAt, data, ...more } }
}

/** What was chosen where the request left the choice to the model. */
function looksOf(body: JsonObject): JsonObject {
  const chosen = (field: string, usual: string) => {
    const value = asText(body[field])
    return value === '' || value === 'auto' ? usual : value
  }
  return {
    background: chosen('background', 'opaque'),
    output_format: chosen('output_format', 'png'),
    quality: chosen('quality', 'low'),
    size: chosen('size', '1024x1024'),
  }
}

function usageOf(body: JsonObject, inputImages: number, count: number): JsonObject {
  const textTokens = countTokens(asText(body.prompt))
  const imageTokens = inputImages * 194
  const output = count * (outputTokens[asText(looksOf(body).quality)] ?? 272)
  return {
    input_tokens: textTokens + imageTokens,
    input_tokens_details: { text_tokens: textTokens, image_tokens: imageTokens },
    output_tokens: output,
    output_tokens_details: { text_tokens: 0, image_tokens: output },
    total_tokens: textTokens + imageTokens + output,
  }
}

function eventsOf({ body }: WireCall, event: string, inputImages: number): JsonObject[] {
  const shared = (said: string) => ({
    b64_json: pngOf(said).toString('base64'),
    created_at: createdAt,
    ...looksOf(body),
  })
  const said = asText(body.prompt)
  const partial = Array.from({ length: Number(body.partial_images ?? 0) }, (_, index) => ({
    type: `${event}.partial_image`,
    ...shared(`${said} partial ${index}`),
    partial_image_index: index,
  }))
  const usage = usageOf(body, inputImages, 1)
  return [...partial, { type: `${event}.completed`, ...shared(`${said} 0`), usage }]
}
