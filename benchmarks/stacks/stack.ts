import type { Route } from '../scenarios.ts'

/** Where a stack takes a scenario's requests. */
export interface Target {
  readonly port: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** The model's name as this stack's clients say it. */
  readonly model: string
}

/** How the reply is to be: streams that are `held` send their second event after ten seconds. */
export type ReplyKind = 'whole' | 'stream' | 'held'

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
  /** For Node, before the script. */
  readonly nodeFlags?: readonly string[]
}

export type StartStack = (options: StackOptions) => Promise<Stack>

/** The upstream's model for a kind of reply. */
export function upstreamModel(reply: ReplyKind): string {
  return reply === 'held' ? 'bench-interval-10000ms' : 'bench'
}

/** The path and the headers of a client with this key, for servers that speak both vendors' APIs. */
export function clientOf(route: Route, key: string): Pick<Target, 'path' | 'headers'> {
  return route === 'messages-to-openai'
    ? { path: '/v1/messages', headers: { 'x-api-key': key, 'anthropic-version': '2023-06-01' } }
    : { path: '/v1/chat/completions', headers: { authorization: `Bearer ${key}` } }
}
