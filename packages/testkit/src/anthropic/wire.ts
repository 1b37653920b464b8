import type { JsonObject } from '../json.ts'
import { entraBearer } from '../tokens/entra-bearer.ts'
import { Failure } from '../wire/failure.ts'
import { namedFrame } from '../wire/sse-frame.ts'
import type { Head, PlainOperation, Route, Wire } from '../wire/wire.ts'
import { complete } from './complete.ts'
import { anthropicErrorBody, anthropicFailure } from './failures.ts'
import { countMessageTokens, messagesOperation } from './messages.ts'

const modelNames = ['claude-opus-4-5', 'claude-sonnet-4-6', 'claude-haiku-4-5', 'bench']
const plain = messagesOperation(false)
const beta = messagesOperation(true)

const models: PlainOperation = {
  kind: 'plain',
  reply(_body, route): JsonObject {
    const entry = (id: string) => ({
      type: 'model',
      id,
      display_name: id,
      created_at: '2025-01-31T00:00:00Z',
    })
    if (route.model !== undefined) return entry(route.model)
    return {
      data: modelNames.map(entry),
      has_more: false,
      first_id: modelNames[0],
      last_id: modelNames.at(-1),
    }
  },
}

/** Anthropic's API. It shares `/v1/models` with OpenAI's, where `anthropic-version` tells them apart. */
export const anthropic: Wire = {
  name: 'anthropic',
  route(head: Head): Route | undefined {
    const operation = operationOf(head)
    if (!operation) return undefined
    if (head.headers['anthropic-version'] === undefined) {
      throw new Failure('invalid', { message: 'anthropic-version: header is required' })
    }
    return operation
  },
  credential: head => {
    const key = head.headers['x-api-key']
    const [scheme, token] = (head.headers.authorization ?? '').split(' ')
    return typeof key === 'string' && key ? key : scheme === 'Bearer' && token ? token : undefined
  },
  // Microsoft Foundry serves the same paths below `/anthropic`, to Entra ID's tokens too.
  authorize(shown) {
    const isToken = shown.head.headers.authorization?.startsWith('Bearer entra-')
    if (isToken && shown.head.prefix !== undefined) entraBearer(shown)
    else if (isToken) throw new Failure('unauthorized')
  },
  headers: sequence => ({
    'request-id': `req_testkit${sequence}`,
    'anthropic-organization-id': '00000000-0000-4000-8000-000000000000',
    'anthropic-ratelimit-requests-limit': '50',
    'anthropic-ratelimit-requests-remaining': '49',
  }),
  failure: anthropicFailure,
  failureEvent: anthropicErrorBody,
  sample: (text, model) => ({
    path: '/v1/messages',
    body: { model, stream: true, max_tokens: 1024, messages: [{ role: 'user', content: text }] },
  }),
  frame: namedFrame,
}

function operationOf({ method, path, headers }: Head): Route | undefined {
  if (method === 'POST' && path === '/v1/messages') {
    const betas = headers['anthropic-beta']
    const isBeta = betas !== undefined
    return { operation: isBeta ? beta : plain, framing: 'sse', params: { betas: String(betas ?? '') } }
  }
  if (method === 'POST' && path === '/v1/complete') return { operation: complete, framing: 'sse' }
  if (method === 'POST' && path === '/v1/messages/count_tokens') {
    return { operation: countMessageTokens, framing: 'sse' }
  }
  if (method !== 'GET' || headers['anthropic-version'] === undefined) return undefined
  if (path === '/v1/models') return { operation: models, framing: 'sse' }
  if (!path.startsWith('/v1/models/')) return undefined
  return { operation: models, model: decodeURIComponent(path.slice('/v1/models/'.length)), framing: 'sse' }
}
