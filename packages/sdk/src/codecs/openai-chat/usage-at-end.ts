import type { Usage } from '../../types/usage.ts'

interface Told {
  choices: unknown[]
  usage?: Usage | null | undefined
}

/**
 * OpenAI tells the usage last, in a chunk without choices, to those who asked. Others tell it with the last words, or
 * with every chunk: it is kept until the end.
 */
export class UsageAtEnd<Chunk extends Told> {
  private kept: Chunk | undefined
  private readonly asked: boolean

  constructor(request: { stream_options?: { include_usage?: boolean } | null | undefined }) {
    this.asked = request.stream_options?.include_usage === true
  }

  /** What is left of a chunk without its usage. */
  *push(chunk: Chunk): Iterable<Chunk> {
    if (chunk.usage == null) yield chunk
    else {
      this.kept = { ...chunk, choices: [] }
      if (chunk.choices.length === 0) return
      const { usage: _, ...rest } = chunk
      yield rest as Chunk
    }
  }

  *end(): Iterable<Chunk> {
    if (this.asked && this.kept) yield this.kept
  }
}
