import type { Upstream } from '@sluice/testkit'
import type { Deployment } from '../../types/deployment.ts'
import type { EndpointName } from '../../types/endpoint-map.ts'
import type { JsonObject } from '../../types/json.ts'
import { bind } from '../bind.ts'
import type { Provider } from '../provider.ts'
import { AGENT_DOORS, KEY_DOORS } from './key-doors.ts'

/** Where the testkit speaks a provider's format. */
export interface Door {
  /** The path at which a chat must arrive. */
  readonly chat: RegExp
  /** What a base URL ends in there, for bindings whose path does not say the version itself. */
  readonly base: string
  /** A model's name that the provider understands; `m` unless stated. */
  readonly model?: string
  /** False where the model decides the wire of an embedding: those have tests of their own. */
  readonly embeds?: false
  /** Where a key is traded or signed with, and so is never seen itself: one the wire knows, and one it refuses. */
  readonly key?: {
    readonly good: (upstream: Upstream) => string
    readonly bad: (upstream: Upstream) => string
  }
  /** What a call must say besides its key. */
  readonly params?: (upstream: Upstream) => JsonObject
  /** False where replies tell no usage. */
  readonly usage?: false
  /** Tokens of the test's prompt, where a provider adds words of its own; 2 unless stated. */
  readonly promptTokens?: number
}

/** By the wire format of its chat. */
const DOORS: Readonly<Record<string, Door>> = {
  'openai-chat': { chat: /^\/v1\/chat\/completions$/, base: '/v1' },
  'anthropic-messages': { chat: /^\/v1\/messages$/, base: '' },
  gemini: { chat: /^\/v1beta\/models\/m:(streamG|g)enerateContent$/, base: '/v1beta' },
  'cohere-chat': { chat: /^\/v2\/chat$/, base: '' },
  'ollama-chat': { chat: /^\/api\/chat$/, base: '' },
  'bedrock-converse': { chat: /^\/model\/m\/converse(-stream)?$/, base: '' },
}

/**
 * By the provider's name, where it has a door of its own; `undefined` where all its calls are tried in tests of its own.
 * `/elsewhere` is OpenAI's format at any path.
 */
const OWN_DOORS: Readonly<Record<string, Door | undefined>> = {
  ...KEY_DOORS,
  ...AGENT_DOORS,
  aleph_alpha: { chat: /^\/aleph-alpha\/complete$/, base: '/aleph-alpha' },
  assemblyai: { chat: /^\/elsewhere\/v1\/chat\/completions$/, base: '/elsewhere/v1' },
  azure: { chat: /^\/openai\//, base: '' },
  azure_ai: { chat: /^\/models\/chat\/completions$/, base: '' },
  bedrock: { chat: /^\/model\/m\/converse(-stream)?$/, base: '', embeds: false },
  chatgpt: { chat: /^\/v1\/responses$/, base: '/v1', promptTokens: 7 },
  datarobot: { chat: /^\/elsewhere\/api\/v2\/genai\/llmgw\/chat\/completions$/, base: '/elsewhere' },
  huggingface: { chat: /^\/v1\/chat\/completions$/, base: '', embeds: false },
  nlp_cloud: { chat: /^\/nlp-cloud\/v1\/gpu\/m\/generation$/, base: '/nlp-cloud/v1/gpu' },
  openrouter: { chat: /^\/elsewhere\/v1\/chat\/completions$/, base: '/elsewhere/v1' },
  ragflow: {
    chat: /^\/elsewhere\/api\/v1\/chats_openai\/c1\/chat\/completions$/,
    base: '/elsewhere',
    model: 'chat/c1/m',
  },
  sagemaker_chat: undefined,
  sagemaker_nova: undefined,
  vertex_ai: { chat: /\/publishers\/google\/models\/m:(streamG|g)enerateContent$/, base: '' },
  vertex_ai_beta: { chat: /\/publishers\/google\/models\/m:(streamG|g)enerateContent$/, base: '' },
}

/** The door of a provider's chat, or the bare address for those that do not chat; `undefined` when there is none. */
export function doorOf(provider: Provider): Door | undefined {
  const { format, framing } = provider.endpoints.chat?.[0]?.codec ?? {}
  // OpenAI's bodies in AWS's messages have doors, and tests, of their own.
  if (format === 'openai-chat' && framing === 'aws-event-stream') return undefined
  if (Object.hasOwn(OWN_DOORS, provider.name)) return OWN_DOORS[provider.name]
  return format === undefined ? undefined : DOORS[format]
}

/** The base URL under which the testkit takes the provider's calls. */
export function baseOf(provider: Provider, endpoint: EndpointName, upstream: Upstream): string {
  const door = doorOf(provider)
  const model = door?.model ?? 'm'
  const { path } = bind(provider, endpoint, undefined, model)
  const deployment: Deployment = { id: 'd', group: 'g', provider: provider.name, model }
  const spelled = typeof path === 'string' ? path : path({ model, stream: false, deployment })
  const own = door !== undefined && Object.hasOwn(OWN_DOORS, provider.name)
  return upstream.url + (spelled.startsWith('/v1/') && !own ? '' : (door?.base ?? ''))
}
