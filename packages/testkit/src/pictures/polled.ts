import { asText } from '../json.ts'
import { mediaUrl } from '../media/wire.ts'
import { bearerOf } from '../openai/wire.ts'
import type { WireCall } from '../wire/call.ts'
import { Failure } from '../wire/failure.ts'
import { filledText, integer, list, oneOf, record, type Shape, text } from '../wire/shape.ts'
import { keyIn, smallWire } from '../wire/small-wire.ts'
import type { Wire } from '../wire/wire.ts'

import { imageUrl, operation } from './picture-operation.ts'

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

const runwayVoice = record({ type: oneOf('runway-preset'), presetId: oneOf('Maya', 'James', 'Ella') })
const runwaySpeech = record({ model: filledText, promptText: filledText, voice: runwayVoice })

function startTask(call: WireCall) {
  if (call.head.headers['x-runway-version'] !== '2024-11-06')
    throw new Failure('invalid', { message: 'X-Runway-Version must be 2024-11-06.' })
  if (call.head.path.endsWith('speech')) runwaySpeech(call.body, [])
  else runwayShape(call.body, [])
  const { id } = call.jobs.start(
    { id: `task-${call.sequence}`, model: call.model, input: call.body },
    call.control,
  )
  return { json: { id } }
}

/** https://docs.dev.runwayml.com/api/: tasks for images, speech and videos. */
export const runway: Wire = smallWire({
  name: 'runway',
  credential: bearerOf,
  routes: [
    {
      method: 'POST',
      path: /^\/v1\/(text_to_image|text_to_speech|text_to_video|image_to_video)$/,
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
        const file = input.voice !== undefined ? 'mp3' : input.duration !== undefined ? 'mp4' : 'png'
        const url = mediaUrl(call.head, asText(input.promptText), file)
        return { json: { id, createdAt, status: 'SUCCEEDED', output: [url] } }
      }),
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
