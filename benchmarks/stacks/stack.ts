import type { ReplyKind, Route } from '../scenarios.ts'

/** Where a stack takes a scenario's requests. */
export interface Target {
  readonly port: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** The model's name as this stack's clients say it. */
  readonly model: string
}

/** A running server under measurement. */
export interface Stack {
  readonly name: string
  readonly version: string
  /** What it does besides relaying. */
  readonly does: string
  readonly pid: number
  /** From spawning to the first successful health check, in milliseconds. */
  readonly readyMs: number
  /** Undefined when the stack has no such route. */
  target(route: Route, reply: ReplyKind): Target | undefined
  /** After all measurements: throws when it did not do what it claims to. Gives what it found. */
  verify?(): Promise<string>
  close(): Promise<void>
}

/** What a stack is started with. */
export interface StackOptions {
  readonly upstreamPort: number
  /** An empty folder of its own. */
  readonly directory: string
  /** Where peers are installed. */
  readonly cacheDirectory: string
  /** The folder of the gateway's bundle. */
  readonly bundle: string
  /** For Node, before the script. */
  readonly nodeFlags?: readonly string[]
}

export type StartStack = (options: StackOptions) => Promise<Stack>

const modelOf = { whole: 'bench', stream: 'bench', burst: 'bench-batch-10', held: 'bench-interval-10000ms' }

/** The upstream's model for a kind of reply. */
export function upstreamModel(reply: ReplyKind): string {
  return modelOf[reply]
}

/** The path and the headers of a client with this key, for servers that speak both vendors' APIs. */
export function clientOf(route: Route, key: string): Pick<Target, 'path' | 'headers'> {
  return route === 'messages-to-openai'
    ? { path: '/v1/messages', headers: { 'x-api-key': key, 'anthropic-version': '2023-06-01' } }
    : { path: '/v1/chat/completions', headers: { authorization: `Bearer ${key}` } }
}

/**
 * The public names that a gateway with a model list has for the upstream's models. They differ from the upstream's,
 * so that a name must be exchanged on the way, as it mostly is.
 */
export function publicModel(route: Route, reply: ReplyKind): string {
  if (route === 'openai-to-anthropic') return 'bench-claude'
  return reply === 'held' ? 'bench-slow' : reply === 'burst' ? 'bench-burst' : 'bench-gpt'
}

/** A LiteLLM `model_list` with all public names; `params` are added to each one's `litellm_params`. */
export function modelList(upstreamPort: number, params: object = {}): object[] {
  const upstream = `http://127.0.0.1:${upstreamPort}`
  const entry = (name: string, model: string, base: string) => ({
    model_name: name,
    litellm_params: { model, api_base: base, api_key: 'sk-upstream', ...params },
  })
  const openai = (['whole', 'burst', 'held'] as const).map(reply =>
    entry(publicModel('relayed', reply), `openai/${modelOf[reply]}`, `${upstream}/v1`),
  )
  return [...openai, entry('bench-claude', 'anthropic/bench', upstream)]
}
