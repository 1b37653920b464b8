import { isObject } from '../json.ts'
import { bearerOf } from '../openai/wire.ts'
import { strictRerank } from '../rerank/wire.ts'
import { dataFrame } from '../wire/sse-frame.ts'
import type { Operation, Wire } from '../wire/wire.ts'
import { chat } from './chat.ts'
import { embed } from './embed.ts'
import { cohereFailure, cohereWords } from './failures.ts'

const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['/v2/chat', chat],
  ['/v2/embed', embed],
  ['/v2/rerank', strictRerank],
])

/** Cohere's API v2, https://docs.cohere.com/reference/about. */
export const cohere: Wire = {
  name: 'cohere',
  route({ method, path }) {
    const operation = method === 'POST' ? operations.get(path) : undefined
    return operation && { operation }
  },
  credential: bearerOf,
  headers: sequence => ({
    'x-debug-trace-id': `testkit${sequence}`,
    'x-endpoint-monthly-call-limit': '1000',
    'x-trial-endpoint-call-limit': '20',
  }),
  failure: cohereFailure,
  failureEvent: failure => ({
    type: 'message-end',
    delta: { finish_reason: 'ERROR', error: cohereWords(failure) },
  }),
  frame: event =>
    isObject(event) && typeof event.type === 'string'
      ? `event: ${event.type}\n${dataFrame(event)}`
      : dataFrame(event),
  sample: (text, model) => ({
    path: '/v2/chat',
    body: { model, stream: true, messages: [{ role: 'user', content: text }] },
  }),
}
