import { geminiError, geminiFailure } from '../gemini/failures.ts'
import { countContentTokens, generate } from '../gemini/generate.ts'
import { lookAtVideo, startVideo, type VeoWords, videoBytes } from '../gemini/veo.ts'
import { asText } from '../json.ts'
import { chat } from '../openai/chat.ts'
import { openaiFailure } from '../openai/failures.ts'
import { testProject } from '../tokens/google-account.ts'
import { Failure } from '../wire/failure.ts'
import type { ChatOperation, Head, Operation, PlainOperation, Route, Wire } from '../wire/wire.ts'
import { claudeOperation, countClaudeTokens } from './claude.ts'
import { embedContent, predict } from './predict.ts'
import { fillIn, rank, readDocument, synthesize } from './services.ts'

const claude = claudeOperation(false)
const claudeBeta = claudeOperation(true)

/** The request's own fields, which the Gemini API wants wrapped. */
const countTokens: PlainOperation = {
  kind: 'plain',
  reply: (body, route) => countContentTokens.reply({ generateContentRequest: body }, route),
}

const veo: VeoWords = {
  name: (call, id) =>
    `${call.head.path.replace(/^\/v1(beta1)?\//, '').replace(/:\w+$/, '')}/operations/${id}`,
  id: call => asText(call.body.operationName).split('/').at(-1) ?? '',
  response: () => ({
    videos: [{ bytesBase64Encoded: videoBytes.toString('base64'), mimeType: 'video/mp4' }],
  }),
}

const google = new Map<string, Operation>([
  ['predictLongRunning', startVideo(veo)],
  ['fetchPredictOperation', lookAtVideo(veo)],
  ['generateContent', generate],
  ['streamGenerateContent', generate],
  ['countTokens', countTokens],
  ['predict', predict],
  ['embedContent', embedContent],
])

/** Models that speak OpenAI's chat name themselves in the body. */
const openChat: ChatOperation = { ...chat, failure: openaiFailure }

/** Mistral and AI21 tell usage unasked, and know no `stream_options`. */
const rawChat: ChatOperation = {
  ...openChat,
  read(body, route) {
    if (body.stream_options !== undefined) {
      throw new Failure('invalid', { message: 'stream_options: Extra inputs are not permitted' })
    }
    const stream = route.stream === true
    return chat.read({ ...body, stream, ...(stream && { stream_options: { include_usage: true } }) }, route)
  },
}

const place = /^\/v1(?:beta1)?(\/projects\/([^/]+)\/locations\/([^/]+))?(\/.+)$/
const model = /^\/publishers\/([^/]+)\/models\/([^/:]+):(\w+)$/
const endpoint = /^\/endpoints\/(\d+):(\w+)$/
const endpointChat = /^\/endpoints\/(openapi|\d+)\/chat\/completions$/

/** Google's Vertex AI, https://cloud.google.com/vertex-ai/docs/reference/rest: tokens of the `tokens` wire, or a key. */
export const vertex: Wire = {
  name: 'vertex',
  route(head) {
    const other = head.method === 'POST' ? otherServices.get(head.path.split('/').at(-1) ?? '') : undefined
    if (other) return { operation: other }
    const [, inProject, , , rest = ''] = head.method === 'POST' ? (place.exec(head.path) ?? []) : []
    return routeOf(rest, head, inProject !== undefined)
  },
  credential: ({ headers }) => {
    const key = headers['x-goog-api-key']
    return typeof key === 'string' ? key : headers.authorization?.match(/^Bearer (.+)$/)?.[1]
  },
  authorize({ head, state }) {
    const project = place.exec(head.path)?.[2]
    if (head.headers['x-goog-api-key'] !== undefined) return
    const token = state.tokens.find(vertex.credential(head))
    if (token?.issuer !== 'google') throw new Failure('unauthorized')
    if (project !== undefined && project !== testProject) {
      throw new Failure('forbidden', {
        message: `Permission 'aiplatform.endpoints.predict' denied on resource '//aiplatform.googleapis.com/projects/${project}' (or it may not exist).`,
      })
    }
  },
  headers: () => ({ 'server-timing': 'gfet4t7; dur=1', vary: 'Origin, X-Origin, Referer' }),
  failure: vertexFailure,
  failureEvent: failure => ({ error: geminiError(failure) }),
}

/** Google Cloud's services whose tokens and errors are the same: hosts aside, their paths are their own. */
const otherServices = new Map<string, Operation>([
  ['text:synthesize', synthesize],
  ['default_ranking_config:rank', rank],
])

function routeOf(path: string, head: Head, inProject: boolean): Route | undefined {
  const [, publisher, name = '', verb = ''] = model.exec(path) ?? []
  if (publisher !== undefined) return modelRoute(publisher, decodeURIComponent(name), verb, head)
  if (!inProject) return undefined
  const [, id, verbOfEndpoint = ''] = endpoint.exec(path) ?? []
  if (id !== undefined) return modelRoute('google', id, verbOfEndpoint, head)
  const chatAt = endpointChat.exec(path)?.[1]
  return chatAt === undefined ? undefined : { operation: openChat }
}

function modelRoute(publisher: string, name: string, verb: string, head: Head): Route | undefined {
  const stream = verb.startsWith('stream')
  if (publisher === 'google') {
    const operation = google.get(verb)
    const framing = stream && head.query.get('alt') !== 'sse' ? 'json-array' : 'sse'
    return operation && { operation, model: name, stream, framing }
  }
  if (verb !== 'rawPredict' && verb !== 'streamRawPredict') return undefined
  if (name.startsWith('mistral-ocr')) return { operation: readDocument, model: name }
  if (name.startsWith('codestral')) return { operation: fillIn, model: name }
  if (publisher !== 'anthropic') return { operation: rawChat, model: name, stream }
  if (name === 'count-tokens') return { operation: countClaudeTokens }
  return { operation: head.headers['anthropic-beta'] ? claudeBeta : claude, model: name, stream }
}

/** Vertex AI words a wrong token and an unknown model in its own way. */
function vertexFailure(failure: Failure, sequence: number): ReturnType<Wire['failure']> {
  const reply = geminiFailure(failure, sequence)
  if (failure.facts.message !== undefined) return reply
  if (failure.kind !== 'unauthorized' && failure.kind !== 'no-key') return reply
  const message =
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.'
  const reason = failure.kind === 'no-key' ? 'CREDENTIALS_MISSING' : 'ACCESS_TOKEN_TYPE_UNSUPPORTED'
  const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com' }]
  return { status: 401, body: { error: { code: 401, message, status: 'UNAUTHENTICATED', details } } }
}
