import { PromptCache } from '../answer/prompt-cache.ts'
import type { WireName } from '../wire/wire.ts'
import { BoundedMap } from './bounded-map.ts'
import { Jobs } from './jobs.ts'
import { MintedTokens } from './minted-tokens.ts'

/** What an upstream keeps between requests, all of it bounded. */
export class UpstreamState {
  readonly tokens = new MintedTokens()
  /** Prompt prefixes that were seen. */
  readonly prompts = new PromptCache()
  readonly #jobs = new Map<WireName, Jobs>()
  readonly #values = new Map<WireName, BoundedMap<string, unknown>>()

  jobs(wire: WireName): Jobs {
    const jobs = this.#jobs.get(wire) ?? new Jobs()
    this.#jobs.set(wire, jobs)
    return jobs
  }

  /** Anything else a wire remembers (files, sessions), the last 1,000. */
  values(wire: WireName): BoundedMap<string, unknown> {
    const values = this.#values.get(wire) ?? new BoundedMap<string, unknown>()
    this.#values.set(wire, values)
    return values
  }

  clear(): void {
    this.tokens.clear()
    this.prompts.clear()
    this.#jobs.clear()
    this.#values.clear()
  }
}
