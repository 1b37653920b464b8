import { answerTo } from '../../answer/conversation.ts'
import { asObjects, asText, isObject, type JsonObject } from '../../json.ts'
import type { WireCall } from '../../wire/call.ts'
import { Failure } from '../../wire/failure.ts'
import { namedFrame } from '../../wire/sse-frame.ts'
import type { CallOperation } from '../../wire/wire.ts'
import { openaiErrorBody } from '../failures.ts'
import { readResponse } from './read-response.ts'
import { checkResponseRules } from './response-rules.ts'
import { inputItems, responseShape } from './response-shape.ts'
import { responseEvents, responseOf } from './write-response.ts'

/** A response as the vendor keeps it. */
interface Stored {
  readonly response: JsonObject
  /** The conversation up to and with the response. */
  readonly items: readonly JsonObject[]
  readonly input: readonly JsonObject[]
}

/** `POST /v1/responses`, https://platform.openai.com/docs/api-reference/responses/create. */
export const createResponse: CallOperation = {
  kind: 'call',
  frame: namedFrame,
  failureEvent: failure => {
    const { message, code, param } = openaiErrorBody(failure)
    return { type: 'error', code: code ?? 'server_error', message, param, sequence_number: 99 }
  },
  answer(call) {
    const { body, model, sequence } = call
    responseShape(body, [])
    const input = inputItems(body)
    const earlier = earlierItems(call)
    checkResponseRules(body, input, earlier)
    const asked = readResponse(body, model, input, earlier)
    const answer = answerTo(asked, call.state.prompts, call.control.reply)
    const written = { body, model, answer, sequence }
    const response = responseOf(written)
    const stored: Stored = { response, input, items: [...earlier, ...input, ...asObjects(response.output)] }
    if (body.store !== false) call.state.values('openai').set(asText(response.id), stored)
    if (body.background === true && !call.stream) {
      const { id } = call.jobs.start({ id: asText(response.id), model, input: body }, call.control)
      return {
        json: responseOf(
          { body, model, sequence },
          call.jobs.find(id).state === 'running' ? 'queued' : undefined,
        ),
      }
    }
    return call.stream ? { events: responseEvents(written) } : { json: response }
  },
}

function earlierItems(call: WireCall): readonly JsonObject[] {
  const id = call.body.previous_response_id
  if (typeof id !== 'string') return []
  const stored = call.state.values('openai').get(id)
  if (isStored(stored)) return stored.items
  throw new Failure('invalid', {
    message: `Previous response with id '${id}' not found.`,
    field: 'previous_response_id',
    code: 'previous_response_not_found',
  })
}

function isStored(value: unknown): value is Stored {
  return isObject(value) && Array.isArray(value.items)
}

function storedOf(call: WireCall): Stored {
  const id = call.route.params?.id ?? ''
  const stored = call.state.values('openai').get(id)
  if (isStored(stored)) return stored
  throw new Failure('not-found', {
    message: `Response with id '${id}' not found.`,
    field: 'id',
    code: 'response_not_found',
  })
}

/** `GET /v1/responses/{id}`; one in the background is polled. */
export const retrieveResponse: CallOperation = {
  kind: 'call',
  answer(call) {
    const { response } = storedOf(call)
    if (response.background !== true) return { json: response }
    const job = call.jobs.poll(asText(response.id))
    if (job.state === 'done') return { json: response }
    const status = job.state === 'running' ? 'in_progress' : job.state
    const error = job.error === undefined ? null : { code: 'server_error', message: job.error }
    return { json: { ...response, status, error, output: [], usage: null } }
  },
}

export const deleteResponse: CallOperation = {
  kind: 'call',
  answer(call) {
    const id = asText(storedOf(call).response.id)
    call.state.values('openai').delete(id)
    return { json: { id, object: 'response', deleted: true } }
  },
}

export const cancelResponse: CallOperation = {
  kind: 'call',
  takes: ['none', 'json'],
  answer(call) {
    const { response } = storedOf(call)
    if (response.background !== true) {
      throw new Failure('invalid', { message: 'Cannot cancel a synchronous response.' })
    }
    const { state } = call.jobs.cancel(asText(response.id))
    return {
      json: state === 'cancelled' ? { ...response, status: state, output: [], usage: null } : response,
    }
  },
}

/** `GET /v1/responses/{id}/input_items`, newest first unless asked otherwise. */
export const responseInputItems: CallOperation = {
  kind: 'call',
  answer(call) {
    const items = storedOf(call).input.map((item, index) => ({ id: `msg_input${index}`, ...item }))
    const data = call.head.query.get('order') === 'asc' ? items : items.reverse()
    const [first_id, last_id] = [data[0]?.id ?? null, data.at(-1)?.id ?? null]
    return { json: { object: 'list', data, first_id, last_id, has_more: false } }
  },
}
