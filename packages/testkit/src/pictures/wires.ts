import { pngOf } from '../answer/media.ts'
import { asObject, asObjects, asText, type JsonObject } from '../json.ts'
import { mediaUrl } from '../media/wire.ts'
import { bearerOf } from '../openai/wire.ts'
import type { WireCall } from '../wire/call.ts'
import { Failure } from '../wire/failure.ts'
import { numberText, upload } from '../wire/form.ts'
import {
  filledText,
  flag,
  integer,
  list,
  number,
  oneOf,
  openRecord,
  record,
  type Shape,
  text,
} from '../wire/shape.ts'
import { keyIn, smallWire } from '../wire/small-wire.ts'
import type { CallOperation, Wire } from '../wire/wire.ts'

const picture = upload()

function operation(answer: CallOperation['answer'], takes?: CallOperation['takes']): CallOperation {
  return { kind: 'call', answer, ...(takes && { takes }) }
}

/** An address of an image of the prompt, on this upstream. */
function imageUrl({ head }: WireCall, prompt: unknown): string {
  return mediaUrl(head, asText(prompt) || 'image', 'png')
}

const bflShape = record(
  { prompt: filledText },
  {
    width: integer(256, 2048),
    height: integer(256, 2048),
    aspect_ratio: filledText,
    output_format: oneOf('jpeg', 'png'),
    input_image: filledText,
    input_image_2: filledText,
    image: filledText,
    mask: filledText,
    seed: integer(),
    safety_tolerance: integer(0, 6),
  },
)

/** https://docs.bfl.ai: a job whose address is in the answer. */
export const bfl: Wire = smallWire({
  name: 'bfl',
  credential: keyIn('x-key'),
  routes: [
    {
      method: 'GET',
      path: /^\/v1\/get_result$/,
      operation: operation(call => {
        const job = call.jobs.poll(call.head.query.get('id') ?? '')
        const { id, state, input } = job
        if (state === 'failed') return { json: { id, status: 'Content Moderated', result: null } }
        if (state !== 'done') return { json: { id, status: 'Pending', result: null } }
        return { json: { id, status: 'Ready', result: { sample: imageUrl(call, input.prompt) } } }
      }),
    },
    {
      method: 'POST',
      path: /^\/v1\/(?<model>[\w.%-]+)$/,
      operation: operation(call => {
        bflShape(call.body, [])
        const { id } = call.jobs.start(
          { id: `bfl-${call.sequence}`, model: call.model, input: call.body },
          call.control,
        )
        return { json: { id, polling_url: `${call.origin}/v1/get_result?id=${id}` } }
      }),
    },
  ],
})

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

const runwayRatio = /^\d+:\d+$/
const ratioText: Shape = (value, path) => {
  filledText(value, path)
  if (!runwayRatio.test(asText(value))) throw new Failure('invalid', { field: path.join('.') })
}
const runwayShape = record(
  { model: filledText, promptText: filledText, ratio: ratioText },
  {
    duration: integer(2, 10),
    promptImage: filledText,
    referenceImages: list(record({ uri: filledText }, { tag: text }), 1),
    seed: integer(0),
  },
)

function startTask(call: WireCall) {
  if (call.head.headers['x-runway-version'] !== '2024-11-06')
    throw new Failure('invalid', { message: 'X-Runway-Version must be 2024-11-06.' })
  runwayShape(call.body, [])
  const { id } = call.jobs.start(
    { id: `task-${call.sequence}`, model: call.model, input: call.body },
    call.control,
  )
  return { json: { id } }
}

/** https://docs.dev.runwayml.com/api/: tasks for images and videos. */
export const runway: Wire = smallWire({
  name: 'runway',
  credential: bearerOf,
  routes: [
    {
      method: 'POST',
      path: /^\/v1\/(text_to_image|text_to_video|image_to_video)$/,
      operation: operation(startTask),
    },
    {
      method: 'GET',
      path: /^\/v1\/tasks\/(?<id>[\w-]+)$/,
      operation: operation(call => {
        const { id, state, input, error } = call.jobs.poll(call.route.params?.id ?? '')
        const createdAt = '2026-01-02T03:04:05.000Z'
        if (state === 'failed')
          return {
            json: { id, createdAt, status: 'FAILED', failure: error, failureCode: 'SAFETY.INPUT.TEXT' },
          }
        if (state !== 'done') return { json: { id, createdAt, status: 'RUNNING', progress: 0.5 } }
        const isVideo = input.duration !== undefined
        const url = mediaUrl(call.head, asText(input.promptText), isVideo ? 'mp4' : 'png')
        return { json: { id, createdAt, status: 'SUCCEEDED', output: [url] } }
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

const modelscopeShape = record(
  { model: filledText, prompt: filledText },
  { size: filledText, seed: integer(), negative_prompt: text },
)

/** https://modelscope.cn/docs/model-service/API-Inference/intro: tasks, on demand. */
export const modelscope: Wire = smallWire({
  name: 'modelscope',
  credential: bearerOf,
  routes: [
    {
      method: 'POST',
      path: /^\/v1\/images\/generations$/,
      operation: operation(call => {
        modelscopeShape(call.body, [])
        if (call.head.headers['x-modelscope-async-mode'] !== 'true') throw new Failure('invalid')
        const { id } = call.jobs.start(
          { id: `ms-${call.sequence}`, model: call.model, input: call.body },
          call.control,
        )
        return { json: { task_id: id, task_status: 'PENDING' } }
      }),
    },
    {
      method: 'GET',
      path: /^\/v1\/tasks\/(?<id>[\w-]+)$/,
      operation: operation(call => {
        if (call.head.headers['x-modelscope-task-type'] !== 'image_generation') throw new Failure('invalid')
        const { state, input } = call.jobs.poll(call.route.params?.id ?? '')
        if (state === 'failed') return { json: { task_status: 'FAILED', errors: { message: 'no luck' } } }
        if (state !== 'done') return { json: { task_status: 'PROCESSING' } }
        return { json: { task_status: 'SUCCEED', output_images: [imageUrl(call, input.prompt)] } }
      }),
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
