import { type Codec, codecs, type EndpointName } from 'sluice/internal'

/** What a path asks for, and in which format. */
export interface Door<E extends EndpointName = EndpointName> {
  readonly endpoint: E
  readonly codec: Codec<E>
  /** Model named by the path. */
  readonly model?: string | undefined
  /** Streaming decided by the path. */
  readonly stream?: boolean | undefined
}

const chat = door('chat', codecs.openaiChat)
const messages = door('chat', codecs.anthropicMessages)
const embeddings = door('embedding', codecs.openaiEmbeddings)

/** Paths without variables. The un-versioned twins are LiteLLM's. */
const FIXED: ReadonlyMap<string, Door> = new Map<string, Door>([
  ['/v1/chat/completions', chat],
  ['/chat/completions', chat],
  ['/v1/messages', messages],
  ['/v1/messages/count_tokens', door('count_tokens', codecs.anthropicCountTokens)],
  ['/v1/embeddings', embeddings],
  ['/embeddings', embeddings],
])

/** Path tails after a model name: Azure's and the old engines' way. */
const TAILS: readonly (readonly [prefix: string, tail: string, door: Door])[] = [
  ['/openai/deployments/', '/chat/completions', chat],
  ['/openai/deployments/', '/embeddings', embeddings],
  ['/engines/', '/chat/completions', chat],
  ['/engines/', '/embeddings', embeddings],
]

const GEMINI_PREFIXES = ['/v1beta/models/', '/v1/models/', '/models/'] as const
const GEMINI_METHODS: ReadonlyMap<string, Door> = new Map<string, Door>([
  ['generateContent', { ...door('chat', codecs.gemini), stream: false }],
  ['embedContent', door('embedding', codecs.geminiEmbeddings)],
  ['batchEmbedContents', door('embedding', codecs.geminiEmbeddings)],
  ['countTokens', door('count_tokens', codecs.geminiCountTokens)],
  ['streamGenerateContent', { ...door('chat', codecs.gemini), stream: true }],
])

/** Every path with a door behind it, `{model}` standing for a model's name: what documentation lists. */
export function doorPaths(): readonly { readonly path: string; readonly door: Door }[] {
  return [
    ...[...FIXED].map(([path, door]) => ({ path, door })),
    ...TAILS.map(([prefix, tail, door]) => ({ path: `${prefix}{model}${tail}`, door })),
    ...GEMINI_PREFIXES.flatMap(prefix =>
      [...GEMINI_METHODS].map(([method, door]) => ({ path: `${prefix}{model}:${method}`, door })),
    ),
  ]
}

/** The inference door behind `POST path`; `undefined` when another part of the gateway answers there. */
export function findDoor(path: string): Door | undefined {
  const fixed = FIXED.get(path)
  if (fixed) return fixed
  for (const [prefix, tail, behind] of TAILS)
    if (path.startsWith(prefix) && path.endsWith(tail) && path.length > prefix.length + tail.length)
      return named(behind, path.slice(prefix.length, -tail.length))
  return geminiDoor(path)
}

function geminiDoor(path: string): Door | undefined {
  const prefix = GEMINI_PREFIXES.find(start => path.startsWith(start))
  const colon = path.lastIndexOf(':')
  if (prefix === undefined || colon <= prefix.length) return undefined
  const behind = GEMINI_METHODS.get(path.slice(colon + 1))
  return behind && named(behind, path.slice(prefix.length, colon))
}

/** The door for a model named by the path; undefined when the name is not escaped well: whoever sent it, we live on. */
function named(behind: Door, escaped: string): Door | undefined {
  try {
    return { ...behind, model: decodeURIComponent(escaped) }
  } catch {
    return undefined
  }
}

function door<E extends EndpointName>(endpoint: E, codec: Codec<E>): Door<E> {
  return { endpoint, codec }
}
