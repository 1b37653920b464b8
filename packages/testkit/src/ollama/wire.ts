import type { JsonObject } from '../json.ts'
import { bearerOf } from '../openai/wire.ts'
import type { Operation, PlainOperation, Wire } from '../wire/wire.ts'
import { chat } from './chat.ts'
import { embed } from './embed.ts'
import { ollamaFailure, ollamaWords } from './failures.ts'
import { generate } from './generate.ts'

const modelNames = ['llama3.2', 'qwen3', 'nomic-embed-text']

const tags: PlainOperation = {
  kind: 'plain',
  reply: (): JsonObject => ({
    models: modelNames.map(name => ({ name, model: name, size: 1, digest: 'testkit' })),
  }),
}

const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['POST /api/chat', chat],
  ['POST /api/generate', generate],
  ['POST /api/embed', embed],
  ['GET /api/tags', tags],
])

/** Ollama's own API, https://docs.ollama.com/api. It needs no key, and refuses the bad one. */
export const ollama: Wire = {
  name: 'ollama',
  route({ method, path }) {
    const operation = operations.get(`${method} ${path}`)
    return operation && { operation, framing: 'ndjson' }
  },
  credential: head => bearerOf(head) ?? 'none',
  headers: () => ({}),
  failure: ollamaFailure,
  failureEvent: failure => ({ error: ollamaWords(failure) }),
  sample: (text, model) => ({
    path: '/api/chat',
    body: { model, stream: true, messages: [{ role: 'user', content: text }] },
  }),
}
