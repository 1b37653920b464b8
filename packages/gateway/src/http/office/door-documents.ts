import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import { doorPaths } from '../doors.ts'

type OpenApi = NonNullable<FastifyDynamicSwaggerOptions['openapi']>

/** A vendor's operation in outline: the keys nobody can leave out, and where the vendor describes the rest. */
interface Outline {
  readonly summary: string
  readonly tag: 'Chat' | 'Embeddings' | 'Tokens'
  /** Names the two schemas: `ChatCompletionRequest`, `ChatCompletionResponse`. */
  readonly name: string
  readonly request: Shape
  readonly response: Shape
  /** The vendor's reference. */
  readonly url: string
  readonly streams?: 'on request' | 'always'
}

/** Keys that are always there, each with its JSON type. */
type Shape = Readonly<Record<string, 'string' | 'integer' | 'array' | 'object' | 'any'>>

/** By the last word of a door's path. */
const OUTLINES: Readonly<Record<string, Outline>> = {
  completions: {
    summary: 'Answer a conversation, in the format of chat completions',
    tag: 'Chat',
    name: 'ChatCompletion',
    request: { messages: 'array' },
    response: { id: 'string', object: 'string', created: 'integer', model: 'string', choices: 'array' },
    url: 'https://platform.openai.com/docs/api-reference/chat/create',
    streams: 'on request',
  },
  messages: {
    summary: 'Answer a conversation, in the format of the Messages API',
    tag: 'Chat',
    name: 'Message',
    request: { messages: 'array', max_tokens: 'integer' },
    response: {
      id: 'string',
      type: 'string',
      role: 'string',
      content: 'array',
      model: 'string',
      usage: 'object',
    },
    url: 'https://platform.claude.com/docs/en/api/messages/create',
    streams: 'on request',
  },
  count_tokens: {
    summary: 'Count the tokens of a request to the Messages API',
    tag: 'Tokens',
    name: 'MessageTokens',
    request: { messages: 'array' },
    response: { input_tokens: 'integer' },
    url: 'https://platform.claude.com/docs/en/api/messages/count_tokens',
  },
  embeddings: {
    summary: 'Turn texts into vectors',
    tag: 'Embeddings',
    name: 'Embeddings',
    request: { input: 'any' },
    response: { object: 'string', data: 'array', model: 'string', usage: 'object' },
    url: 'https://platform.openai.com/docs/api-reference/embeddings/create',
  },
  generateContent: {
    summary: 'Answer a conversation, in the format of generateContent',
    tag: 'Chat',
    name: 'GenerateContent',
    request: { contents: 'array' },
    response: { candidates: 'array' },
    url: 'https://ai.google.dev/api/generate-content#method:-models.generatecontent',
  },
  streamGenerateContent: {
    summary: 'As generateContent, as a stream',
    tag: 'Chat',
    name: 'GenerateContent',
    request: { contents: 'array' },
    response: { candidates: 'array' },
    url: 'https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent',
    streams: 'always',
  },
  embedContent: {
    summary: 'Turn one content into a vector',
    tag: 'Embeddings',
    name: 'EmbedContent',
    request: { content: 'object' },
    response: { embedding: 'object' },
    url: 'https://ai.google.dev/api/embeddings#method:-models.embedcontent',
  },
  batchEmbedContents: {
    summary: 'Turn several contents into vectors',
    tag: 'Embeddings',
    name: 'BatchEmbedContents',
    request: { requests: 'array' },
    response: { embeddings: 'array' },
    url: 'https://ai.google.dev/api/embeddings#method:-models.batchembedcontents',
  },
  countTokens: {
    summary: 'Count the tokens of contents',
    tag: 'Tokens',
    name: 'CountTokens',
    request: {},
    response: { totalTokens: 'integer' },
    url: 'https://ai.google.dev/api/tokens#method:-models.counttokens',
  },
}

/** `document` with the inference doors, which Fastify does not see. Throws for a door without an outline. */
export function describeDoors(document: OpenApi): OpenApi {
  const paths: Record<string, object> = {}
  const schemas: Record<string, object> = {}
  for (const { path } of doorPaths()) {
    const outline = OUTLINES[path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf(':')) + 1)]
    if (outline === undefined) throw new TypeError(`the door ${path} has no description`)
    schemas[`${outline.name}Request`] = objectOf(outline.request)
    schemas[`${outline.name}Response`] = objectOf(outline.response)
    paths[path] = { post: operation(outline, path.includes('{model}')) }
  }
  return { ...document, paths, components: { schemas } } as OpenApi
}

function operation({ summary, tag, name, url, streams }: Outline, modelInPath: boolean) {
  const request = reference(`${name}Request`)
  const response = reference(`${name}Response`)
  const json = { 'application/json': { schema: response } }
  const stream = { 'text/event-stream': { schema: { type: 'string' } } }
  return {
    summary,
    tags: [tag],
    externalDocs: { description: "The vendor's reference", url },
    ...(modelInPath && {
      parameters: [{ name: 'model', in: 'path', required: true, schema: { type: 'string' } }],
    }),
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: modelInPath ? request : { allOf: [request, objectOf({ model: 'string' })] },
        },
      },
    },
    responses: {
      '200': {
        description: 'The answer',
        content: streams === 'always' ? stream : streams ? { ...json, ...stream } : json,
      },
      default: { description: "An error in the vendor's format" },
    },
  }
}

function reference(name: string) {
  return { $ref: `#/components/schemas/${name}` }
}

/** More keys are allowed: an outline is not the whole. */
function objectOf(shape: Shape) {
  const properties: Record<string, object> = {}
  for (const [key, type] of Object.entries(shape))
    properties[key] = type === 'any' ? {} : type === 'array' ? { type, items: {} } : { type }
  return { type: 'object', required: Object.keys(shape), properties }
}
