import { answerTo } from '../answer/conversation.ts'
import { plainAsked } from '../answer/plain-asked.ts'
import { asObject, asObjects, asText, type JsonObject } from '../json.ts'
import { openaiErrorBody, openaiFailure } from '../openai/failures.ts'
import { anything, filledText, list, oneOf, record, text, textOr } from '../wire/shape.ts'
import { keyIn } from '../wire/small-wire.ts'
import type { CallOperation, Wire } from '../wire/wire.ts'

const shape = record(
  {
    input: textOr(list(anything, 1)),
    task_mode: oneOf('agent', 'chat', 'adaptive'),
    agent_profile: filledText,
  },
  { previous_response_id: text, instructions: text },
)

function taskOf(id: string, status: string, output: readonly JsonObject[] = []): JsonObject {
  return { id, object: 'response', created_at: 1_767_323_045, status, model: 'manus', output, metadata: {} }
}

const said = (role: string, words: string) => ({
  id: `${role}-1`,
  role,
  type: 'message',
  content: [{ type: role === 'user' ? 'input_text' : 'output_text', text: words }],
})

/** `POST /v1/responses`: a task that runs for one poll unless told otherwise, https://open.manus.im/docs. */
const create: CallOperation = {
  kind: 'call',
  answer({ body, jobs, control, state, sequence }) {
    shape(body, [])
    const model = asText(body.agent_profile)
    const last = asObjects(body.input).at(-1)
    const words =
      typeof body.input === 'string'
        ? body.input
        : asObjects(last?.content)
            .map(part => asText(part.text))
            .join('')
    const { text: answer } = answerTo(
      plainAsked({ model, stream: false, text: words }),
      state.prompts,
      control.reply,
    )
    const id = `task_testkit${sequence}`
    jobs.start({ id, model, input: { words, answer } }, control)
    return { json: taskOf(id, 'running') }
  },
}

const retrieve: CallOperation = {
  kind: 'call',
  answer({ jobs, route }) {
    const id = route.params?.id ?? ''
    const { state, input } = jobs.poll(id)
    if (state === 'failed')
      return { json: { ...taskOf(id, 'error'), error: { message: 'The task failed.' } } }
    if (state !== 'done') return { json: taskOf(id, 'running') }
    const { words, answer } = asObject(input)
    return { json: taskOf(id, 'completed', [said('user', asText(words)), said('assistant', asText(answer))]) }
  },
}

/** Manus's tasks in the Responses format. */
export const manus: Wire = {
  name: 'manus',
  prefixed: true,
  route({ method, path }) {
    if (method === 'POST' && path === '/v1/responses') return { operation: create }
    const id = method === 'GET' ? /^\/v1\/responses\/([^/]+)$/.exec(path)?.[1] : undefined
    return id === undefined ? undefined : { operation: retrieve, params: { id } }
  },
  credential: keyIn('api_key'),
  headers: () => ({}),
  failure: openaiFailure,
  failureEvent: failure => ({ error: openaiErrorBody(failure) }),
}
