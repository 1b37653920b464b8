import { createError } from '../../errors.ts'
import type { ChatMessage, ContentPart } from '../../types/chat.ts'
import { isJsonArray, isJsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'

/** A conversation for a model that goes on with a text. */
export interface PromptText {
  readonly system: string
  readonly prompt: string
  /** URLs of the images of user messages, in order. */
  readonly images: readonly string[]
}

const SPEAKERS: Readonly<Record<string, string>> = { user: 'User', assistant: 'Assistant' }

/**
 * Messages → one prompt. A lone user message is the prompt; a longer conversation becomes lines of "User:" and
 * "Assistant:", which is recorded, for the model's own template is not known here. Throws for calls of tools.
 */
export function promptText(messages: readonly ChatMessage[], info: CallInfo): PromptText {
  const images: string[] = []
  const system: string[] = []
  const turns: (readonly [speaker: string, text: string])[] = []
  for (const [index, message] of messages.entries()) {
    const path = `messages[${index}]`
    if (message.role === 'tool' || (message.role === 'assistant' && message.tool_calls?.length))
      throw createError({
        kind: 'unsupported_params',
        message: `${path}: ${info.deployment.provider} goes on with a text and knows no tools. Leave calls and results out.`,
        param: path,
      })
    const text = textOf(message.content, `${path}.content`, images, info)
    if (message.role === 'system' || message.role === 'developer') system.push(text)
    else turns.push([SPEAKERS[message.role] ?? 'User', text])
  }
  const [first] = turns
  if (turns.length === 1 && first?.[0] === 'User')
    return { system: system.join('\n'), prompt: first[1], images }
  info.warn({
    action: 'approximated',
    param: 'messages',
    reason:
      'this provider takes one prompt; the conversation is written as lines of "User:" and "Assistant:"',
  })
  const lines = turns.map(([speaker, text]) => `${speaker}: ${text}`)
  return { system: system.join('\n'), prompt: [...lines, 'Assistant:'].join('\n'), images }
}

/** The system text in front, for providers that have no place of its own for it. */
export function wholePrompt({ system, prompt }: PromptText): string {
  return system === '' ? prompt : `${system}\n\n${prompt}`
}

/** Throws unless the prompt is nothing but text. */
export function refuseImages({ images }: PromptText, info: CallInfo): void {
  if (images.length > 0)
    throw createError({
      kind: 'unsupported_params',
      message: `messages: ${info.deployment.provider} takes text only. Leave images out.`,
      param: 'messages',
    })
}

function textOf(content: unknown, path: string, images: string[], info: CallInfo): string {
  if (content == null) return ''
  if (typeof content === 'string') return content
  if (!isJsonArray(content)) return ''
  return content
    .flatMap((given, index) => {
      const part = given as ContentPart
      if (part.type === 'text' && typeof part.text === 'string') return [part.text]
      if (part.type === 'refusal' && typeof part.refusal === 'string') return [part.refusal]
      const { image_url: image } = part
      const url = isJsonObject(image) ? image.url : image
      if (part.type !== 'image_url' || typeof url !== 'string')
        throw createError({
          kind: 'unsupported_params',
          message: `${path}[${index}].type: ${info.deployment.provider} takes no "${String(part.type)}" parts. Use text.`,
          param: `${path}[${index}].type`,
        })
      images.push(url)
      return []
    })
    .join('\n')
}
