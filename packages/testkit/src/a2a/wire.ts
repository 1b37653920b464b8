import { type Answer, answerTo } from '../answer/conversation.ts'
import { plainAsked } from '../answer/plain-asked.ts'
import { asObject, asObjects, asText, type JsonObject } from '../json.ts'
import { openaiErrorBody, openaiFailure } from '../openai/failures.ts'
import { bearerOf } from '../openai/wire.ts'
import type { WireAnswer, WireCall } from '../wire/call.ts'
import { filledText, flag, list, oneOf, openRecord, record, tagged, text } from '../wire/shape.ts'
import type { CallOperation, Wire } from '../wire/wire.ts'

const part = tagged('kind', {
  text: record({ kind: text, text }),
  file: record({ kind: text, file: openRecord }),
  data: record({ kind: text, data: openRecord }),
})
const message = record(
  { kind: oneOf('message'), role: oneOf('user', 'agent'), messageId: filledText, parts: list(part, 1) },
  { contextId: text, taskId: text, metadata: openRecord, referenceTaskIds: list(text) },
)
const sent = record(
  { message },
  { configuration: record({}, { acceptedOutputModes: list(text), blocking: flag }), metadata: openRecord },
)
const rpc = record({ jsonrpc: oneOf('2.0'), id: filledText, method: filledText, params: openRecord })

const ids = { id: 'task-testkit', contextId: 'context-testkit' }

function answered(call: WireCall): Answer {
  const { params } = call.body
  sent(params, ['params'])
  const said = asObjects(asObject(asObject(params).message).parts).map(each => asText(each.text))
  const asked = plainAsked({ model: call.model, stream: false, text: said.join('') })
  return answerTo(asked, call.state.prompts, call.control.reply)
}

const partsOf = (said: string) => [{ kind: 'text', text: said }]

function done(said: string): JsonObject {
  return {
    kind: 'task',
    ...ids,
    status: { state: 'completed' },
    artifacts: [{ artifactId: 'a', parts: partsOf(said) }],
  }
}

/** A call whose script or model starts a job answers with a task that is still at work. */
function whole(call: WireCall): JsonObject {
  const { text: said } = answered(call)
  if (call.control.job === undefined) return done(said)
  call.jobs.start({ id: ids.id, model: call.model, input: { said } }, call.control)
  return { kind: 'task', ...ids, status: { state: 'working' } }
}

function looked(call: WireCall): JsonObject {
  const { state, input } = call.jobs.poll(asText(asObject(call.body.params).id))
  if (state === 'done') return done(asText(asObject(input).said))
  return { kind: 'task', ...ids, status: { state: state === 'failed' ? 'failed' : 'working' } }
}

function events(call: WireCall): JsonObject[] {
  const status = (state: string, more: JsonObject) => ({
    kind: 'status-update',
    taskId: ids.id,
    contextId: ids.contextId,
    status: { state },
    ...more,
  })
  const pieces = answered(call).pieces.map((piece, index) => ({
    kind: 'artifact-update',
    taskId: ids.id,
    contextId: ids.contextId,
    artifact: { artifactId: 'a', parts: partsOf(piece) },
    append: index > 0,
  }))
  return [
    { kind: 'task', ...ids, status: { state: 'submitted' } },
    status('working', { final: false }),
    ...pieces,
    status('completed', { final: true }),
  ]
}

/** JSON-RPC 2.0, https://a2a-protocol.org/v0.3.0/specification/. */
const agent: CallOperation = {
  kind: 'call',
  answer(call): WireAnswer {
    rpc(call.body, [])
    const { id, method } = call.body
    const wrapped = (result: unknown) => ({ jsonrpc: '2.0', id, result })
    if (method === 'message/send') return { json: wrapped(whole(call)) }
    if (method === 'tasks/get') return { json: wrapped(looked(call)) }
    if (method === 'message/stream') return { events: events(call).map(wrapped) }
    return { json: { jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } } }
  },
}

/** An agent behind the Agent2Agent protocol at `/agent`. It may run without a key, and refuses the bad one. */
export const a2a: Wire = {
  name: 'a2a',
  prefixed: true,
  basePath: '/agent',
  route: ({ method, path }) => (method === 'POST' && path === '/agent' ? { operation: agent } : undefined),
  credential: head => bearerOf(head) ?? 'none',
  headers: () => ({}),
  failure(failure) {
    const { status, headers } = openaiFailure(failure)
    const error = { code: -32_000, message: openaiErrorBody(failure).message }
    return { status, ...(headers && { headers }), body: { jsonrpc: '2.0', id: null, error } }
  },
  failureEvent: failure => ({
    jsonrpc: '2.0',
    id: null,
    error: { code: -32_603, message: openaiErrorBody(failure).message },
  }),
}
