import { asObject, asObjects, asText, type JsonObject } from '../json.ts'
import type { Job } from '../state/jobs.ts'
import type { WireAnswer, WireCall } from '../wire/call.ts'
import { Failure } from '../wire/failure.ts'
import type { CallOperation } from '../wire/wire.ts'

/** What every video is. */
export const videoBytes = Buffer.from('testkit video')

/** How one of Google's two APIs words the operations of Veo. */
export interface VeoWords {
  /** The operation's name. */
  name(call: WireCall, id: string): string
  /** The id of the job that a call asks after. */
  id(call: WireCall): string
  /** What a finished job holds. */
  response(call: WireCall, id: string): JsonObject
}

/** `:predictLongRunning`, https://ai.google.dev/gemini-api/docs/video. */
export function startVideo(words: VeoWords): CallOperation {
  return {
    kind: 'call',
    answer(call) {
      const [instance] = asObjects(call.body.instances)
      if (asText(instance?.prompt) === '') throw new Failure('invalid', { message: 'The prompt is missing.' })
      const seconds = asObject(call.body.parameters).durationSeconds
      if (seconds !== undefined && ![4, 5, 6, 7, 8].includes(Number(seconds))) {
        throw new Failure('invalid', { message: 'durationSeconds must be between 4 and 8.' })
      }
      const id = `op${call.sequence}`
      call.jobs.start({ id, model: call.model, input: call.body }, call.control)
      return { json: { name: words.name(call, id) } }
    },
  }
}

/** The operation as it is by now. */
export function lookAtVideo(words: VeoWords): CallOperation {
  return {
    kind: 'call',
    answer(call): WireAnswer {
      const id = words.id(call)
      return { json: { name: words.name(call, id), ...stateOf(call, call.jobs.poll(id), words) } }
    },
  }
}

function stateOf(call: WireCall, job: Job, words: VeoWords): JsonObject {
  if (job.state === 'running') return {}
  if (job.state === 'done') return { done: true, response: words.response(call, job.id) }
  return { done: true, error: { code: 13, status: 'INTERNAL', message: job.error ?? 'cancelled' } }
}
