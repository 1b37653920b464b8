import { type Codec, codecs, type EndpointName } from 'sluice/internal'
import type { RouteAccess } from '../auth/authorize-route.ts'

/** What a method and a path ask for, and in which format. */
export interface Door<E extends EndpointName = EndpointName> {
  readonly endpoint: E
  readonly codec: Codec<E>
  /** Model named by the path. */
  readonly model?: string | undefined
  /** Streaming decided by the path. */
  readonly stream?: boolean | undefined
  /** What stands for the path's other variables: `{video_id}`. */
  readonly variables?: Readonly<Record<string, string>> | undefined
  /** The path with its variables in braces: logs and metrics must not have a line for every id. */
  readonly route?: string | undefined
  /** `llm` unless stated: any key that may use the model. */
  readonly access?: RouteAccess
}

export type DoorMethod = 'GET' | 'POST' | 'DELETE'

const chat = door('chat', codecs.openaiChat)
const messages = door('chat', codecs.anthropicMessages)
const embeddings = door('embedding', codecs.openaiEmbeddings)
const rerank = door('rerank', codecs.rerank)
const search = door('search', codecs.perplexitySearch)
/** It shows what everybody made with the provider's account. */
const videoList: Door = { ...door('video_list', codecs.openaiVideoList), access: 'admin' }

/**
 * OpenAI's operations that name a model. Each is there as `/v1/…`, as `/…` (LiteLLM), and after a model's name:
 * `/openai/deployments/{model}/…` (Azure) and `/engines/{model}/…` (OpenAI's first version).
 */
const OPERATIONS: readonly (readonly [tail: string, door: Door])[] = [
  ['/chat/completions', chat],
  ['/embeddings', embeddings],
  ['/completions', door('text_completion', codecs.openaiCompletions)],
  ['/moderations', door('moderation', codecs.openaiModerations)],
  ['/rerank', rerank],
  ['/images/generations', door('image_generation', codecs.openaiImages)],
  ['/images/edits', door('image_edit', codecs.openaiImageEdits)],
  ['/images/variations', door('image_variation', codecs.openaiImageVariations)],
  ['/videos', door('video_generation', codecs.openaiVideos)],
  ['/ocr', door('ocr', codecs.mistralOcr)],
  ['/audio/speech', door('speech', codecs.openaiSpeech)],
  ['/audio/transcriptions', door('transcription', codecs.openaiTranscriptions)],
  ['/audio/translations', door('translation', codecs.openaiTranslations)],
]
const MODEL_PREFIXES = ['/openai/deployments/', '/engines/'] as const

/** Where clients of Converse look; LiteLLM has it below the vendor's name. */
const CONVERSE_PREFIXES = ['/model/', '/bedrock/model/'] as const
const CONVERSE: readonly (readonly [tail: string, door: Door])[] = [
  ['/converse', { ...door('chat', codecs.bedrockConverse), stream: false }],
  ['/converse-stream', { ...door('chat', codecs.bedrockConverse), stream: true }],
]

/** Other paths without variables. */
const FIXED: Readonly<Record<DoorMethod, readonly (readonly [path: string, door: Door])[]>> = {
  GET: [
    ['/v1/videos', videoList],
    ['/videos', videoList],
  ],
  POST: [
    ['/v1/messages', messages],
    ['/v2/rerank', rerank],
    ['/v1/search', search],
    ['/search', search],
    ['/v1/messages/count_tokens', door('count_tokens', codecs.anthropicCountTokens)],
  ],
  DELETE: [],
}

/** Paths with variables of one segment each, `/videos/{video_id}/content`; each is there as `/v1/…` too. */
const PATTERNS: Readonly<Record<DoorMethod, readonly (readonly [path: string, door: Door])[]>> = {
  GET: [
    ['/videos/{video_id}', door('video_status', codecs.openaiVideoStatus)],
    ['/videos/{video_id}/content', door('video_content', codecs.openaiVideoContent)],
  ],
  POST: [
    ['/videos/{video_id}/remix', door('video_remix', codecs.openaiVideoRemix)],
    ['/search/{search_tool}', search],
  ],
  DELETE: [['/videos/{video_id}', door('video_delete', codecs.openaiVideoDelete)]],
}

const GEMINI_PREFIXES = ['/v1beta/models/', '/v1/models/', '/models/'] as const
const GEMINI_METHODS: ReadonlyMap<string, Door> = new Map<string, Door>([
  ['generateContent', { ...door('chat', codecs.gemini), stream: false }],
  ['embedContent', door('embedding', codecs.geminiEmbeddings)],
  ['batchEmbedContents', door('embedding', codecs.geminiEmbeddings)],
  ['countTokens', door('count_tokens', codecs.geminiCountTokens)],
  ['streamGenerateContent', { ...door('chat', codecs.gemini), stream: true }],
])

/** The doors of one method, ready to be looked up. */
interface Wing {
  readonly fixed: ReadonlyMap<string, Door>
  /** Path tails after a model name, the longest first: `/chat/completions` before `/completions`. */
  readonly tails: readonly (readonly [prefix: string, tail: string, door: Door])[]
  readonly patterns: readonly (readonly [segments: readonly string[], door: Door])[]
}

const METHODS: readonly DoorMethod[] = ['GET', 'POST', 'DELETE']
const WINGS: ReadonlyMap<string, Wing> = new Map(METHODS.map(method => [method, wingOf(method)]))

function wingOf(method: DoorMethod): Wing {
  const operations = method === 'POST' ? OPERATIONS : []
  const twins = operations.flatMap(([tail, behind]) => [
    [`/v1${tail}`, behind] as const,
    [tail, behind] as const,
  ])
  const byLength = [...operations].sort(([a], [b]) => b.length - a.length)
  return {
    fixed: new Map<string, Door>([...twins, ...FIXED[method]]),
    tails: [
      ...MODEL_PREFIXES.flatMap(prefix => byLength.map(([tail, behind]) => [prefix, tail, behind] as const)),
      ...(method === 'POST' ? CONVERSE_PREFIXES : []).flatMap(prefix =>
        CONVERSE.map(([tail, behind]) => [prefix, tail, behind] as const),
      ),
    ],
    patterns: PATTERNS[method].flatMap(([path, behind]) => [
      [`/v1${path}`.split('/'), behind] as const,
      [path.split('/'), behind] as const,
    ]),
  }
}

export interface ListedDoor {
  readonly method: DoorMethod
  /** Variables in braces; `{model}` stands for a model's name. */
  readonly path: string
  readonly door: Door
}

/** Every door, as documentation lists them. */
export function doorPaths(): readonly ListedDoor[] {
  return METHODS.flatMap(method => {
    const { fixed, tails, patterns } = WINGS.get(method) as Wing
    return [
      ...[...fixed].map(([path, behind]) => ({ method, path, door: behind })),
      ...tails.map(([prefix, tail, behind]) => ({ method, path: `${prefix}{model}${tail}`, door: behind })),
      ...patterns.map(([segments, behind]) => ({ method, path: segments.join('/'), door: behind })),
      ...(method === 'POST' ? geminiPaths() : []),
    ]
  })
}

function geminiPaths(): ListedDoor[] {
  return GEMINI_PREFIXES.flatMap(prefix =>
    [...GEMINI_METHODS].map(([name, behind]) => ({
      method: 'POST' as const,
      path: `${prefix}{model}:${name}`,
      door: behind,
    })),
  )
}

/** The inference door behind a method and a path; `undefined` when another part of the gateway answers there. */
export function findDoor(method: string | undefined, path: string): Door | undefined {
  const wing = WINGS.get(method ?? '')
  if (wing === undefined) return undefined
  const fixed = wing.fixed.get(path)
  if (fixed) return fixed
  for (const [prefix, tail, behind] of wing.tails) {
    if (!path.startsWith(prefix) || !path.endsWith(tail)) continue
    const model = path.slice(prefix.length, -tail.length)
    if (model !== '' && !model.startsWith('/')) return named(behind, model)
  }
  return patternDoor(wing, path) ?? (method === 'POST' ? geminiDoor(path) : undefined)
}

function patternDoor({ patterns }: Wing, path: string): Door | undefined {
  if (patterns.length === 0) return undefined
  const given = path.split('/')
  for (const [segments, behind] of patterns) {
    const variables = segments.length === given.length ? variablesOf(segments, given) : undefined
    if (variables) return { ...behind, variables, route: segments.join('/') }
  }
  return undefined
}

function variablesOf(
  segments: readonly string[],
  given: readonly string[],
): Record<string, string> | undefined {
  const variables: Record<string, string> = {}
  for (const [index, segment] of segments.entries()) {
    const value = given[index] ?? ''
    if (!segment.startsWith('{')) {
      if (segment !== value) return undefined
      continue
    }
    const decoded = unescaped(value)
    if (decoded === undefined || decoded === '') return undefined
    variables[segment.slice(1, -1)] = decoded
  }
  return variables
}

function geminiDoor(path: string): Door | undefined {
  const prefix = GEMINI_PREFIXES.find(start => path.startsWith(start))
  const colon = path.lastIndexOf(':')
  if (prefix === undefined || colon <= prefix.length) return undefined
  const behind = GEMINI_METHODS.get(path.slice(colon + 1))
  return behind && named(behind, path.slice(prefix.length, colon))
}

/** The door for a model named by the path; undefined when the name is not escaped well. */
function named(behind: Door, escaped: string): Door | undefined {
  const model = unescaped(escaped)
  return model === undefined ? undefined : { ...behind, model }
}

/** A piece of a path as it is meant; undefined when it is not escaped well: whoever sent it, we live on. */
function unescaped(piece: string): string | undefined {
  try {
    return decodeURIComponent(piece)
  } catch {
    return undefined
  }
}

function door<E extends EndpointName>(endpoint: E, codec: Codec<E>): Door<E> {
  return { endpoint, codec }
}
