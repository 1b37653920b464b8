import type { Asked } from './conversation.ts'

/** A request for nothing but text: what vendors ask that take one prompt. */
export function plainAsked(
  facts: Pick<Asked, 'model' | 'stream'> & { readonly text: string } & Partial<
      Pick<Asked, 'maxTokens' | 'stop'>
    >,
): Asked {
  const { model, stream, text, maxTokens, stop = [] } = facts
  return {
    model,
    stream,
    promptText: text,
    lastUserText: text,
    imageBytes: [],
    toolResults: [],
    tools: [],
    toolChoice: 'none',
    parallelTools: false,
    thinking: false,
    maxTokens,
    stop,
    count: 1,
  }
}
