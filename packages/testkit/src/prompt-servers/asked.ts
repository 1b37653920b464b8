import type { Asked } from '../answer/conversation.ts'

/** A request of nothing but a prompt. */
export function promptAsked(
  facts: Pick<Asked, 'model' | 'stream'> & { readonly prompt: string } & Partial<
      Pick<Asked, 'maxTokens' | 'stop'>
    >,
): Asked {
  const { model, stream, prompt, maxTokens, stop = [] } = facts
  return {
    model,
    stream,
    promptText: prompt,
    lastUserText: prompt,
    imageBytes: [],
    toolResults: [],
    tools: [],
    toolChoice: 'auto',
    parallelTools: false,
    thinking: false,
    maxTokens,
    stop,
    count: 1,
  }
}

/** The number a value is, if it is one. */
export function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
