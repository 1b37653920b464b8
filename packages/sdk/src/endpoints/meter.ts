import type { ChatChunk } from '../types/chat.ts'
import { isJsonObject } from '../types/json.ts'
import type { Meter } from '../types/meter.ts'
import type { Usage } from '../types/usage.ts'

/** A meter that reads the events of a stream. */
export interface StreamMeter<Event> extends Meter {
  see(event: Event): void
}

/** Reads hub events of a chat stream. */
export class ChatMeter implements StreamMeter<ChatChunk> {
  usage: Usage | undefined
  id: string | undefined
  serviceTier: string | undefined
  textLength = 0

  see(chunk: ChatChunk): void {
    // Azure's first chunk has an empty one.
    this.id ||= chunk.id
    if (chunk.usage) this.usage = chunk.usage
    if (typeof chunk.service_tier === 'string') this.serviceTier = chunk.service_tier
    for (const { delta } of chunk.choices) {
      if (!isJsonObject(delta)) continue
      if (delta.content) this.textLength += delta.content.length
      if (delta.reasoning_content) this.textLength += delta.reasoning_content.length
      if (delta.tool_calls)
        for (const call of delta.tool_calls) this.textLength += call.function?.arguments?.length ?? 0
    }
  }
}
