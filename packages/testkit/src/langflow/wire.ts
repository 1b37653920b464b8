import { answerTo } from '../answer/conversation.ts'
import { plainAsked } from '../answer/plain-asked.ts'
import { asText, type JsonObject } from '../json.ts'
import { openaiErrorBody, openaiFailure } from '../openai/failures.ts'
import { filledText, oneOf, openRecord, record, text } from '../wire/shape.ts'
import { keyIn } from '../wire/small-wire.ts'
import type { CallOperation, Wire } from '../wire/wire.ts'

const shape = record(
  {
    input_value: filledText,
    input_type: oneOf('chat', 'text', 'any'),
    output_type: oneOf('chat', 'text', 'any', 'debug'),
  },
  { session_id: text, tweaks: openRecord, output_component: text },
)

function runOf(session: string, input: string, said: string): JsonObject {
  const message = { text: said, sender: 'Machine', session_id: session }
  return {
    session_id: session,
    outputs: [
      {
        inputs: { input_value: input },
        outputs: [
          {
            results: { message },
            messages: [{ message: said, sender: 'Machine' }],
            component_id: 'ChatOutput-1',
          },
        ],
      },
    ],
  }
}

/** `POST /api/v1/run/{flow}?stream=`, https://docs.langflow.org/api-flows-run. */
const run: CallOperation = {
  kind: 'call',
  answer({ body, head, model, state, control }) {
    shape(body, [])
    const input = asText(body.input_value)
    const stream = head.query.get('stream') === 'true'
    const { text: said, pieces } = answerTo(
      plainAsked({ model, stream, text: input }),
      state.prompts,
      control.reply,
    )
    const result = runOf(asText(body.session_id) || 'testkit-session', input, said)
    if (!stream) return { json: result }
    const tokens = pieces.map(chunk => ({ event: 'token', data: { chunk, id: 'testkit' } }))
    return {
      framing: 'ndjson',
      events: [
        { event: 'add_message', data: { sender: 'User', text: input } },
        ...tokens,
        { event: 'add_message', data: { sender: 'Machine', text: said } },
        { event: 'end', data: { result } },
      ],
    }
  },
}

/** A Langflow server. It may run without a key, and refuses the bad one. */
export const langflow: Wire = {
  name: 'langflow',
  prefixed: true,
  route({ method, path, query }) {
    const model = method === 'POST' ? /^\/api\/v1\/run\/([^/]+)$/.exec(path)?.[1] : undefined
    if (model === undefined) return undefined
    return {
      operation: run,
      model: decodeURIComponent(model),
      stream: query.get('stream') === 'true',
      framing: 'ndjson',
    }
  },
  credential: head => keyIn('x-api-key')(head) ?? 'none',
  headers: () => ({}),
  failure(failure) {
    const { status, headers } = openaiFailure(failure)
    return { status, ...(headers && { headers }), body: { detail: openaiErrorBody(failure).message } }
  },
  failureEvent: failure => ({ event: 'error', data: { error: openaiErrorBody(failure).message } }),
}
