import { pngOf } from '../answer/media.ts'
import { asObject, asObjects, asText, type JsonObject } from '../json.ts'
import { bearerOf } from '../openai/wire.ts'
import { Failure } from '../wire/failure.ts'
import { numberText } from '../wire/form.ts'
import { filledText, flag, integer, list, number, oneOf, openRecord, record, text } from '../wire/shape.ts'
import { keyIn, smallWire } from '../wire/small-wire.ts'
import type { Wire } from '../wire/wire.ts'

import { imageUrl, operation, picture } from './picture-operation.ts'

const ratio = oneOf('16:9', '1:1', '21:9', '2:3', '3:2', '4:5', '5:4', '9:16', '9:21')
const stabilityShape = record(
  { prompt: filledText },
  {
    model: oneOf('sd3.5-large', 'sd3.5-large-turbo', 'sd3.5-medium'),
    mode: oneOf('text-to-image', 'image-to-image'),
    aspect_ratio: ratio,
    negative_prompt: text,
    seed: numberText(integer(0)),
    strength: numberText(number(0, 1)),
    output_format: oneOf('png', 'jpeg', 'webp'),
    image: picture,
    mask: picture,
  },
)

/** https://platform.stability.ai/docs/api-reference: forms only, base64 when JSON is accepted. */
export const stability: Wire = smallWire({
  name: 'stability',
  credential: bearerOf,
  routes: [
    {
      method: 'POST',
      path: /^\/v2beta\/stable-image\/(generate|edit|control|upscale)\/(?<model>[\w-]+)$/,
      operation: operation(
        ({ head, body }) => {
          stabilityShape(body, [])
          const image = pngOf(asText(body.prompt))
          if (head.headers.accept !== 'application/json') return { bytes: image, contentType: 'image/png' }
          return { json: { image: image.toString('base64'), finish_reason: 'SUCCESS', seed: 1 } }
        },
        ['form'],
      ),
    },
  ],
  failure: ({ kind, facts, message }) => ({
    status: facts.status ?? (kind === 'content-policy' ? 403 : kind === 'rate-limit' ? 429 : 400),
    body: {
      id: 'testkit',
      name: kind === 'content-policy' ? 'content_moderation' : 'bad_request',
      errors: [facts.violation?.message ?? message],
    },
  }),
})

const falShape = record(
  { prompt: filledText },
  {
    num_images: integer(1, 4),
    image_size: record({ width: integer(64), height: integer(64) }),
    aspect_ratio: filledText,
    output_format: oneOf('jpeg', 'png'),
    seed: integer(),
  },
)

/** https://docs.fal.ai: the model is the path. */
export const fal: Wire = smallWire({
  name: 'fal',
  credential: keyIn('authorization', 'Key '),
  routes: [
    {
      method: 'POST',
      path: /^\/(?<model>.+)$/,
      operation: operation(call => {
        falShape(call.body, [])
        const count = typeof call.body.num_images === 'number' ? call.body.num_images : 1
        const url = imageUrl(call, call.body.prompt)
        const images = Array.from({ length: count }, () => ({ url, content_type: 'image/png' }))
        return { json: { images, seed: 1, prompt: call.body.prompt } }
      }),
    },
  ],
})

const topazShape = record(
  { image: picture },
  {
    model: filledText,
    output_width: numberText(integer(1)),
    output_height: numberText(integer(1)),
    output_format: text,
  },
)

/** https://developer.topazlabs.com: a picture in, a picture out. */
export const topaz: Wire = smallWire({
  name: 'topaz',
  credential: keyIn('x-api-key'),
  routes: [
    {
      method: 'POST',
      path: /^\/image\/v1\/enhance$/,
      operation: operation(
        ({ body }) => {
          topazShape(body, [])
          return { bytes: pngOf('enhanced'), contentType: 'image/jpeg' }
        },
        ['form'],
      ),
    },
  ],
})

const recraftEdit = record(
  { image: picture, prompt: filledText },
  {
    strength: numberText(number(0, 1)),
    mask: picture,
    n: numberText(integer(1, 6)),
    model: filledText,
    style: text,
    response_format: oneOf('url', 'b64_json'),
  },
)

/** https://www.recraft.ai/docs/api-reference/endpoints: edits beside OpenAI's shape of generations. */
export const recraft: Wire = smallWire({
  name: 'recraft',
  credential: bearerOf,
  routes: [
    {
      method: 'POST',
      path: /^\/v1\/images\/(?<kind>imageToImage|inpaint)$/,
      operation: operation(
        call => {
          recraftEdit(call.body, [])
          const needed = call.route.params?.kind === 'inpaint' ? 'mask' : 'strength'
          if (call.body[needed] === undefined) throw new Failure('invalid', { field: needed })
          return { json: { created: 1, data: [{ url: imageUrl(call, call.body.prompt) }] } }
        },
        ['form'],
      ),
    },
  ],
})

const dashscopeShape = record(
  {
    model: filledText,
    input: record({
      messages: list(
        record({
          role: oneOf('user'),
          content: list(record({}, { text: filledText, image: filledText }), 1),
        }),
        1,
      ),
    }),
  },
  { parameters: record({}, { size: text, n: integer(1, 6), negative_prompt: text, watermark: flag }) },
)

/** https://www.alibabacloud.com/help/en/model-studio/qwen-image-api */
export const dashscope: Wire = smallWire({
  name: 'dashscope',
  credential: bearerOf,
  routes: [
    {
      method: 'POST',
      path: /^\/api\/v1\/services\/aigc\/multimodal-generation\/generation$/,
      operation: operation(call => {
        dashscopeShape(call.body, [])
        const [message] = asObjects(asObject(call.body.input).messages)
        const prompt = asObjects(message?.content)
          .map(part => part.text)
          .find(Boolean)
        const content: JsonObject[] = [{ image: imageUrl(call, prompt) }]
        return { json: { output: { choices: [{ message: { role: 'assistant', content } }] }, usage: {} } }
      }),
    },
  ],
})

const chatImageShape = record(
  { model: filledText, messages: list(openRecord, 1), modalities: list(oneOf('image', 'text'), 1) },
  { image_config: record({}, { aspect_ratio: text, image_size: oneOf('1K', '2K', '4K') }), user: text },
)

/** https://openrouter.ai/docs/features/multimodal/image-generation: images in a chat's answer. */
export const chatImages: Wire = smallWire({
  name: 'chat-images',
  credential: bearerOf,
  routes: [
    {
      method: 'POST',
      path: /^\/v1\/chat\/completions$/,
      operation: operation(({ body }) => {
        chatImageShape(body, [])
        const url = `data:image/png;base64,${pngOf('chat').toString('base64')}`
        const message = {
          role: 'assistant',
          content: '',
          images: [{ type: 'image_url', image_url: { url } }],
        }
        const usage = { prompt_tokens: 10, completion_tokens: 1290, total_tokens: 1300, cost: 0.04 }
        return { json: { id: 'gen-1', choices: [{ index: 0, message, finish_reason: 'stop' }], usage } }
      }),
    },
  ],
})
