import { asObject, asObjects, asText, type JsonObject } from '../json.ts'
import { Failure } from '../wire/failure.ts'
import type { CallOperation, Head, Route } from '../wire/wire.ts'

/** `POST /threads/runs`: a thread is made and its run begins. */
const createRun: CallOperation = {
  kind: 'call',
  answer(call) {
    const { body, sequence, control } = call
    const messages = asObjects(asObject(body.thread).messages)
    if (!asText(body.assistant_id))
      throw new Failure('invalid', { field: 'assistant_id', message: 'assistant_id is required' })
    if (messages.some(({ role }) => role !== 'user' && role !== 'assistant'))
      throw new Failure('invalid', { field: 'thread.messages', message: 'role must be user or assistant' })
    const id = `run_testkit${sequence}`
    call.jobs.start({ id, model: asText(body.assistant_id), input: body }, control)
    return { json: runOf(id, 'queued') }
  },
}

/** `GET /threads/{thread}/runs/{run}` */
const readRun: CallOperation = {
  kind: 'call',
  answer({ jobs, route }) {
    const job = jobs.poll(route.params?.run ?? '')
    const status = { running: 'in_progress', done: 'completed', failed: 'failed', cancelled: 'cancelled' }
    const error = job.error === undefined ? null : { code: 'server_error', message: job.error }
    return { json: { ...runOf(job.id, status[job.state]), last_error: error } }
  },
}

/** `GET /threads/{thread}/messages?run_id=…` */
const readMessages: CallOperation = {
  kind: 'call',
  answer({ jobs, head }) {
    const job = jobs.find(head.query.get('run_id') ?? '')
    const messages = asObjects(asObject(job.input.thread).messages)
    const said = asText(messages.findLast(({ role }) => role === 'user')?.content)
    const text = { type: 'text', text: { value: `You said: ${said}`, annotations: [] } }
    const message = { id: 'msg_testkit', object: 'thread.message', role: 'assistant', content: [text] }
    const thread_id = threadOf(job.id)
    return { json: { object: 'list', data: [{ ...message, run_id: job.id, thread_id }], has_more: false } }
  },
}

function runOf(id: string, status: string): JsonObject {
  return { id, object: 'thread.run', thread_id: threadOf(id), status, last_error: null }
}

function threadOf(run: string): string {
  return run.replace('run_', 'thread_')
}

/** Foundry's agents below a project: https://learn.microsoft.com/rest/api/aifoundry/aiagents */
export function agentsRoute({ method, path, query }: Head): Route | undefined {
  const [, below] = /^\/api\/projects\/[^/]+(\/threads\/.+)$/.exec(path) ?? []
  if (below === undefined || !query.get('api-version')) return undefined
  if (method === 'POST' && below === '/threads/runs') return { operation: createRun }
  const [, run] = /^\/threads\/[^/]+\/runs\/([^/]+)$/.exec(below) ?? []
  if (method === 'GET' && run !== undefined) return { operation: readRun, params: { run } }
  return method === 'GET' && below.endsWith('/messages') ? { operation: readMessages } : undefined
}
