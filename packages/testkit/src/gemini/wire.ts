import type { JsonObject } from '../json.ts'
import { predict } from '../vertex/predict.ts'
import type { CallOperation, Head, Operation, PlainOperation, Route, Wire } from '../wire/wire.ts'
import { batchEmbed, embed } from './embed.ts'
import { geminiError, geminiFailure } from './failures.ts'
import { countContentTokens, generate } from './generate.ts'
import { lookAtVideo, startVideo, type VeoWords, videoBytes } from './veo.ts'

const modelNames = [
  'gemini-2.5-pro',
  'gemini-2.5-flash',
  'gemini-3-pro-preview',
  'gemini-embedding-001',
  'bench',
]

const models: PlainOperation = {
  kind: 'plain',
  reply(_body, route): JsonObject {
    const entry = (id: string) => ({
      name: `models/${id}`,
      version: '001',
      displayName: id,
      inputTokenLimit: 1_048_576,
      outputTokenLimit: 65_536,
      supportedGenerationMethods: id.includes('embedding')
        ? ['embedContent', 'countTokens']
        : ['generateContent', 'countTokens'],
    })
    return route.model === undefined ? { models: modelNames.map(entry) } : entry(route.model)
  },
}

const veo: VeoWords = {
  name: (call, id) => `models/${call.model}/operations/${id}`,
  id: call => call.route.params?.id ?? '',
  response: (call, id) => ({
    generateVideoResponse: {
      generatedSamples: [{ video: { uri: `${call.origin}/v1beta/files/${id}:download?alt=media` } }],
    },
  }),
}
const watch = lookAtVideo(veo)
const download: CallOperation = {
  kind: 'call',
  answer: () => ({ bytes: videoBytes, contentType: 'video/mp4' }),
}

const operations = new Map<string, Operation>([
  ['predict', predict],
  ['predictLongRunning', startVideo(veo)],
  ['generateContent', generate],
  ['streamGenerateContent', generate],
  ['countTokens', countContentTokens],
  ['embedContent', embed],
  ['batchEmbedContents', batchEmbed],
])

const base = /^\/v1(?:beta|alpha)?\/models(?:\/([^:]+)(?::(\w+))?)?$/

/** Google's Gemini API, https://ai.google.dev/api. */
export const gemini: Wire = {
  name: 'gemini',
  route: geminiRoute,
  credential(head) {
    const key = head.headers['x-goog-api-key'] ?? head.query.get('key')
    const bearer = head.headers.authorization?.match(/^Bearer (.+)$/)?.[1]
    return (typeof key === 'string' && key) || bearer || undefined
  },
  headers: () => ({ 'server-timing': 'gfet4t7; dur=1', vary: 'Origin, X-Origin, Referer' }),
  failure: geminiFailure,
  failureEvent: failure => ({ error: geminiError(failure) }),
  sample: (text, model) => ({
    path: `/v1beta/models/${encodeURIComponent(model)}:streamGenerateContent?alt=sse`,
    body: { contents: [{ role: 'user', parts: [{ text }] }] },
  }),
}

const operationPath = /^\/v1beta\/models\/([^/]+)\/operations\/([^/]+)$/

function geminiRoute({ method, path, query, headers }: Head): Route | undefined {
  if (method === 'GET' && /^\/v1beta\/files\/[^/]+:download$/.test(path)) return { operation: download }
  const [, videoModel, id] = method === 'GET' ? (operationPath.exec(path) ?? []) : []
  if (id !== undefined) return { operation: watch, model: videoModel, params: { id } }
  const [matched, name, verb] = base.exec(path) ?? []
  if (matched === undefined) return undefined
  const model = name === undefined ? undefined : decodeURIComponent(name)
  if (verb === undefined) {
    // Other vendors list their models at `/v1/models`.
    const own = !path.startsWith('/v1/') || headers['x-goog-api-key'] !== undefined || query.has('key')
    return method === 'GET' && own ? { operation: models, model, framing: 'sse' } : undefined
  }
  const operation = operations.get(verb)
  if (method !== 'POST' || !operation) return undefined
  const stream = verb === 'streamGenerateContent'
  return { operation, model, stream, framing: stream && query.get('alt') !== 'sse' ? 'json-array' : 'sse' }
}
