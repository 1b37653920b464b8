import type { JsonObject } from '../json.ts'
import { entraBearer } from '../tokens/entra-bearer.ts'
import { Failure, type FailureKind } from '../wire/failure.ts'
import type { ChatOperation, FailureReply, Head, Operation, Route, Wire } from '../wire/wire.ts'
import { agentsRoute } from './agents.ts'
import { chat } from './chat.ts'
import { openaiFailure, retryHeaders } from './failures.ts'
import { openaiRoute } from './routes.ts'
import { bearerOf, chatSample, openai } from './wire.ts'

const safe = { filtered: false, severity: 'safe' }
const categories = { hate: safe, self_harm: safe, sexual: safe, violence: safe }
const promptFilter = [{ prompt_index: 0, content_filter_results: categories }]

/** Azure adds content filter results, and begins a stream with a chunk that has no choices. */
const azureChat: ChatOperation = {
  kind: 'chat',
  read: (body, route) => chat.read(withModel(body, route), route),
  whole: (answer, asked, sequence) => ({
    ...chat.whole(answer, asked, sequence),
    prompt_filter_results: promptFilter,
  }),
  events: (answer, asked, sequence) => [
    { choices: [], created: 0, id: '', model: '', object: '', prompt_filter_results: promptFilter },
    ...chat.events(answer, asked, sequence),
  ],
}

/** The operation as a deployment's URL serves it. */
function deployed(operation: Operation): Operation {
  switch (operation.kind) {
    case 'chat':
      return azureChat
    case 'plain':
      return { kind: 'plain', reply: (body, route) => operation.reply(withModel(body, route), route) }
    case 'call':
      return {
        ...operation,
        answer: call => operation.answer({ ...call, body: withModel(call.body, call.route) }),
      }
  }
}

/** A deployment's URL names the model, so the body need not. */
function withModel(body: JsonObject, route: Route): JsonObject {
  return route.model === undefined ? body : { ...body, model: route.model }
}

/** https://learn.microsoft.com/azure/ai-services/openai/reference: `/openai/deployments/{d}/…` and `/openai/v1/…`. */
export const azure: Wire = {
  ...openai,
  name: 'azure',
  route(head: Head): Route | undefined {
    const agents = agentsRoute(head)
    if (agents) return agents
    const found = azureRoute(head)
    return found && { ...found, operation: deployed(found.operation) }
  },
  credential: head => {
    const key = head.headers['api-key']
    return typeof key === 'string' ? key : bearerOf(head)
  },
  headers: sequence => ({
    'x-request-id': `testkit-${sequence}`,
    'apim-request-id': `testkit-${sequence}`,
    'x-ms-region': 'Testkit',
    'x-ratelimit-remaining-requests': '499',
    'x-ratelimit-remaining-tokens': '29000',
  }),
  failure: azureFailure,
  authorize: entraBearer,
  basePath: '',
  sample: (text, model, includeUsage) => ({
    path: `/openai/deployments/${encodeURIComponent(model)}/chat/completions?api-version=2024-10-21`,
    body: chatSample(text, model, includeUsage),
  }),
}

function azureRoute(head: Head): Route | undefined {
  const unified = '/openai/v1'
  // https://learn.microsoft.com/rest/api/aifoundry/modelinference: the model is in the body.
  if (head.path.startsWith('/models/')) {
    requireVersion(head)
    return openaiRoute(head.method, head.path.slice('/models'.length))
  }
  if (head.path.startsWith(`${unified}/`)) return openaiRoute(head.method, head.path.slice(unified.length))
  const [, root, kind, deployment, ...rest] = head.path.split('/')
  if (root !== 'openai' || kind !== 'deployments' || !deployment) return undefined
  requireVersion(head)
  const route = openaiRoute(head.method, `/${rest.join('/')}`)
  return route && { ...route, model: decodeURIComponent(deployment) }
}

function requireVersion({ query }: Head): void {
  if (!query.get('api-version'))
    throw new Failure('not-found', { code: '404', message: 'Resource not found' })
}

const denied = {
  code: '401',
  message:
    'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.',
}

const bodies: Partial<Record<FailureKind, JsonObject>> = {
  'no-key': denied,
  unauthorized: denied,
  'rate-limit': {
    code: '429',
    message:
      'Requests to the ChatCompletions_Create Operation have exceeded the call rate limit of your current pricing tier. Please retry after 1 second.',
  },
  'content-policy': {
    message:
      "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.",
    type: null,
    param: 'prompt',
    code: 'content_filter',
    status: 400,
    innererror: {
      code: 'ResponsibleAIPolicyViolation',
      content_filter_result: { ...categories, violence: { filtered: true, severity: 'medium' } },
    },
  },
}

function azureFailure(failure: Failure): FailureReply {
  const reply = openaiFailure(failure)
  if (failure.facts.message !== undefined) return reply
  const missing = {
    code: 'DeploymentNotFound',
    message: 'The API deployment for this resource does not exist.',
  }
  const error = failure.kind === 'not-found' ? missing : bodies[failure.kind]
  return error ? { status: reply.status, headers: retryHeaders(failure), body: { error } } : reply
}
