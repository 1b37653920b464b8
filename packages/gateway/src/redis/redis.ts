import { createHash } from 'node:crypto'

/** What a command gives: strings, numbers, `null`, lists of these, and objects where Redis answers with a map. */
export type RedisReply =
  | string
  | number
  | null
  | readonly RedisReply[]
  | { readonly [field: string]: RedisReply }

export interface CommandOptions {
  /** The key that decides the node of a cluster; the word after the command's name unless stated. */
  readonly key?: string | undefined
  /** Milliseconds for work that nobody waits for; the connection's own time (`REDIS_SOCKET_TIMEOUT`) unless stated. */
  readonly timeoutMs?: number | undefined
}

/**
 * The one Redis of a gateway, for every room that shares something with other replicas. It may be away at any time, from
 * the start on: nothing is kept back until it returns, and a command fails at once with `ServiceUnavailableError`.
 */
export interface Redis {
  /** False while it is away, or too slow to wait for: whoever can do without it should not ask. */
  isUp(): boolean
  /** True also while it is slow: work that nobody waits for may be tried. */
  isConnected(): boolean
  /** A key, or a channel, under the namespace. Keys of one script need a part in braces in common: `{stream:1}`. */
  key(...parts: readonly string[]): string
  /** One command. Those of the same tick share a packet. */
  command(args: readonly (string | Buffer)[], options?: CommandOptions): Promise<RedisReply>
  /** Runs a Lua script. In a cluster its keys must share a slot. */
  evalScript(
    script: RedisScript,
    keys: readonly [string, ...string[]],
    args: readonly (string | number)[],
    options?: CommandOptions,
  ): Promise<RedisReply>
  publish(channel: string, message: string): Promise<void>
  /** Hears a channel until the function it gives is called. What is published while Redis is away is lost. */
  subscribe(channel: string, listener: (message: string) => void): () => void
  /** Called after every connect, when the subscriptions stand, and at once when they do already. */
  onUp(listener: () => void): () => void
  /** Resolves when Redis answers in time. */
  ping(): Promise<void>
  /** What is wrong, in a sentence; undefined while all is well. */
  problem(): string | undefined
  /** Commands that failed or were not even sent, since the start. */
  readonly fails: number
  close(): Promise<void>
}

/** A Lua script, sent whole only where Redis does not know it yet. */
export class RedisScript {
  readonly source: string
  readonly sha: string

  constructor(source: string) {
    this.source = source
    this.sha = createHash('sha1').update(source).digest('hex')
  }
}
