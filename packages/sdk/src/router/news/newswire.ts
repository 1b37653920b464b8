import type { JsonObject } from '../../types/json.ts'

/** Something that holds for a while, about one thing of a topic. Newer news about the same thing replaces it. */
export interface News {
  readonly topic: string
  readonly key: string
  /** `null`: what was told before no longer holds. */
  readonly value: JsonObject | null
  /** Milliseconds it holds from now on; for `null`, how long it is remembered that it ended. */
  readonly ttlMs: number
}

/**
 * What one replica tells the others. Fire and forget: never throws, never waits; what is told may be lost. What was told
 * before a replica joined, and still holds, is told to it when it joins. A replica does not hear its own news.
 */
export interface Newswire {
  publish(news: News): void
  /** Gives a function that ends it. A listener must not throw. */
  subscribe(topic: string, listener: (news: News) => void): () => void
}
