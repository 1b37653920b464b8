import type { JsonObject } from '../json.ts'
import type { Head, PlainOperation, Route, Wire } from '../wire/wire.ts'
import { chat, createdAt } from './chat.ts'
import { embeddings } from './embeddings.ts'
import { openaiErrorBody, openaiFailure } from './failures.ts'

const modelNames = ['gpt-4o', 'gpt-4o-mini', 'gpt-5', 'o3', 'text-embedding-3-small', 'bench']

/** `GET /v1/models` and `GET /v1/models/{id}`. */
export const models: PlainOperation = {
  kind: 'plain',
  reply(_body, route): JsonObject {
    const entry = (id: string) => ({ id, object: 'model', created: createdAt, owned_by: 'testkit' })
    return route.model === undefined ? { object: 'list', data: modelNames.map(entry) } : entry(route.model)
  },
}

/** The routes below a base path: `/v1` at OpenAI, `/openai/v1` at Azure. */
export function openaiRoute(method: string, path: string): Route | undefined {
  if (method === 'POST' && path === '/chat/completions') return { operation: chat, framing: 'sse' }
  if (method === 'POST' && path === '/embeddings') return { operation: embeddings, framing: 'sse' }
  if (method !== 'GET') return undefined
  if (path === '/models') return { operation: models, framing: 'sse' }
  if (!path.startsWith('/models/')) return undefined
  return { operation: models, model: decodeURIComponent(path.slice('/models/'.length)), framing: 'sse' }
}

export function bearerOf(head: Head): string | undefined {
  const [scheme, token] = (head.headers.authorization ?? '').split(' ')
  return scheme?.toLowerCase() === 'bearer' && token ? token : undefined
}

/** A chat request that asks for a stream. */
export function chatSample(text: string, model: string, includeUsage: boolean): JsonObject {
  const options = includeUsage ? { stream_options: { include_usage: true } } : {}
  return { model, stream: true, ...options, messages: [{ role: 'user', content: text }] }
}

/** OpenAI's API below `/v1`. */
export const openai: Wire = {
  name: 'openai',
  basePath: '/v1',
  route: head =>
    head.path.startsWith('/v1/') ? openaiRoute(head.method, head.path.slice('/v1'.length)) : undefined,
  credential: bearerOf,
  headers: sequence => ({
    'x-request-id': `req_testkit${sequence}`,
    'openai-processing-ms': '1',
    'openai-version': '2020-10-01',
    'x-ratelimit-limit-requests': '500',
    'x-ratelimit-remaining-requests': '499',
    'x-ratelimit-limit-tokens': '30000',
    'x-ratelimit-remaining-tokens': '29000',
  }),
  failure: openaiFailure,
  failureEvent: failure => ({ error: openaiErrorBody(failure) }),
  sample: (text, model, includeUsage) => ({
    path: '/v1/chat/completions',
    body: chatSample(text, model, includeUsage),
  }),
}
