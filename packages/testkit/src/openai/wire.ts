import type { JsonObject } from '../json.ts'
import type { Head, Wire } from '../wire/wire.ts'
import { openaiErrorBody, openaiFailure } from './failures.ts'
import { openaiRoute } from './routes.ts'

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
