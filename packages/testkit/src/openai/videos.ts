import { mp4Of, pngOf } from '../answer/media.ts'
import { asText, type JsonObject } from '../json.ts'
import type { Job } from '../state/jobs.ts'
import type { WireCall } from '../wire/call.ts'
import { Failure } from '../wire/failure.ts'
import { upload } from '../wire/form.ts'
import { filledText, oneOf, record, type Shape } from '../wire/shape.ts'
import type { CallOperation } from '../wire/wire.ts'
import { createdAt } from './chat.ts'

const reference: Shape = (value, path) =>
  typeof value === 'object' && value !== null && !('bytes' in value)
    ? record({}, { image_url: filledText, file_id: filledText })(value, path)
    : upload('png', 'jpg', 'jpeg', 'webp', 'mp4')(value, path)

const shape = record(
  { prompt: filledText },
  {
    model: filledText,
    input_reference: reference,
    seconds: oneOf('4', '8', '12'),
    size: oneOf('720x1280', '1280x720', '1024x1792', '1792x1024'),
  },
)
const remixShape = record({ prompt: filledText })

/** `POST /v1/videos`, https://platform.openai.com/docs/api-reference/videos/create: a form or JSON. */
export const createVideo: CallOperation = {
  kind: 'call',
  takes: ['form', 'json'],
  answer(call) {
    shape(call.body, [])
    return { json: resourceOf(started(call, call.model || 'sora-2', call.body)) }
  },
}

export const remixVideo: CallOperation = {
  kind: 'call',
  takes: ['form', 'json'],
  answer(call) {
    remixShape(call.body, [])
    const source = finished(call)
    const input = { ...source.input, ...call.body, remixed_from_video_id: source.id }
    return { json: resourceOf(started(call, source.model, input)) }
  },
}

function started(call: WireCall, model: string, input: JsonObject): Job {
  return call.jobs.start({ id: `video_testkit${call.sequence}`, model, input }, call.control)
}

export const listVideos: CallOperation = {
  kind: 'call',
  answer({ head, jobs }) {
    const limit = Number(head.query.get('limit') ?? 20)
    const all = head.query.get('order') === 'asc' ? jobs.list() : jobs.list().reverse()
    const after = head.query.get('after')
    const rest = after === null ? all : all.slice(all.findIndex(job => job.id === after) + 1)
    const data = rest.slice(0, limit).map(resourceOf)
    const [first_id, last_id] = [data[0]?.id ?? null, data.at(-1)?.id ?? null]
    return { json: { object: 'list', data, first_id, last_id, has_more: rest.length > limit } }
  },
}

export const retrieveVideo: CallOperation = {
  kind: 'call',
  answer: call => ({ json: resourceOf(call.jobs.poll(idOf(call))) }),
}

export const deleteVideo: CallOperation = {
  kind: 'call',
  answer: call => ({ json: { id: call.jobs.remove(idOf(call)).id, object: 'video.deleted', deleted: true } }),
}

/** `GET /v1/videos/{id}/content?variant=`. */
export const videoContent: CallOperation = {
  kind: 'call',
  answer(call) {
    const job = finished(call)
    const said = asText(job.input.prompt)
    const variant = call.head.query.get('variant') ?? 'video'
    oneOf('video', 'thumbnail', 'spritesheet')(variant, ['variant'])
    if (variant === 'video') return { bytes: mp4Of(said), contentType: 'video/mp4' }
    return { bytes: pngOf(said), contentType: variant === 'thumbnail' ? 'image/webp' : 'image/jpeg' }
  },
}

function idOf(call: WireCall): string {
  return call.route.params?.id ?? ''
}

function finished(call: WireCall): Job {
  const job = call.jobs.find(idOf(call))
  if (job.state === 'done') return job
  throw new Failure('not-found', {
    message: 'Video is not ready yet, use GET /v1/videos/{video_id} to check status.',
  })
}

function resourceOf(job: Job): JsonObject {
  const { id, model, input, polls, error } = job
  const isDone = job.state === 'done'
  const running = polls === 0 ? 'queued' : 'in_progress'
  return {
    id,
    object: 'video',
    created_at: createdAt,
    completed_at: isDone ? createdAt + 60 : null,
    expires_at: isDone ? createdAt + 86_400 : null,
    status: isDone ? 'completed' : job.state === 'running' ? running : 'failed',
    model,
    progress: isDone ? 100 : Math.min(99, polls * 30),
    prompt: asText(input.prompt),
    seconds: asText(input.seconds) || '4',
    size: asText(input.size) || '720x1280',
    remixed_from_video_id: input.remixed_from_video_id ?? null,
    error: error === undefined ? null : { code: 'video_generation_failed', message: error },
  }
}
