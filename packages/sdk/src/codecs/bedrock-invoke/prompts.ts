import { createError } from '../../errors.ts'
import type { ChatMessage, ChatRequest } from '../../types/chat.ts'
import { isJsonArray, isJsonObject, textOf } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'

/** A conversation as a model without roles reads it. */
export interface Turn {
  readonly role: 'system' | 'user' | 'assistant'
  readonly text: string
}

/** How a maker's models were taught to read turns, up to where the model goes on. */
export type PromptTemplate = (turns: readonly Turn[]) => string

/** The texts of the messages. Throws `UnsupportedParamsError` for what is no text: a prompt cannot hold it. */
export function turnsOf({ messages }: ChatRequest, info: CallInfo): Turn[] {
  return messages.flatMap((message, index) => {
    const at = `messages[${index}]`
    if (message.name !== undefined)
      info.warn({ action: 'dropped', param: `${at}.name`, reason: 'this model’s prompt has no names' })
    if (message.role === 'tool' || message.tool_calls != null)
      throw notText(at, 'tool calls', 'choose a model that calls tools')
    const text = textOfMessage(message, at, info)
    if (text.trim() === '') {
      info.warn({ action: 'dropped', param: at, reason: 'it has no text' })
      return []
    }
    const role = message.role === 'developer' ? 'system' : message.role
    return [{ role, text } as Turn]
  })
}

function textOfMessage(message: ChatMessage, at: string, info: CallInfo): string {
  const { content } = message
  const marked = message.cache_control != null
  if (marked)
    info.warn({ action: 'dropped', param: `${at}.cache_control`, reason: 'this model has no prompt cache' })
  if (message.thinking_blocks != null || message.reasoning_content != null)
    info.warn({
      action: 'dropped',
      param: `${at}.thinking_blocks`,
      reason: 'this model takes no thinking back',
    })
  if (!isJsonArray(content)) return textOf(content) || textOf(message.refusal)
  return content
    .map((part, index) => {
      const here = `${at}.content[${index}]`
      if (!isJsonObject(part) || (part.type !== 'text' && part.type !== 'refusal'))
        throw notText(
          here,
          `content of type "${isJsonObject(part) ? textOf(part.type) : typeof part}"`,
          'send text',
        )
      if (part.cache_control != null && !marked)
        info.warn({
          action: 'dropped',
          param: `${here}.cache_control`,
          reason: 'this model has no prompt cache',
        })
      return textOf(part.text) || textOf(part.refusal)
    })
    .join('')
}

function notText(at: string, what: string, remedy: string) {
  return createError({
    kind: 'unsupported_params',
    message: `${at}: this model reads one text, which cannot hold ${what}; ${remedy}.`,
    param: at,
  })
}

/** Source: https://www.llama.com/docs/model-cards-and-prompt-formats/meta-llama-3/ */
export const llama3: PromptTemplate = turns =>
  `<|begin_of_text|>${turns
    .map(({ role, text }) => `<|start_header_id|>${role}<|end_header_id|>\n\n${text.trim()}<|eot_id|>`)
    .join('')}<|start_header_id|>assistant<|end_header_id|>\n\n`

/** Source: https://www.llama.com/docs/model-cards-and-prompt-formats/meta-llama-2/ */
export const llama2: PromptTemplate = turns => instructed(turns, text => `<<SYS>>\n${text}\n<</SYS>>\n\n`)

/** Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-mistral-text-completion.html */
export const mistralInstruct: PromptTemplate = turns => instructed(turns, text => `${text}\n\n`)

function instructed(turns: readonly Turn[], system: (text: string) => string): string {
  let prompt = '<s>'
  let before = ''
  for (const { role, text } of turns)
    if (role === 'system') before += system(text)
    else if (role === 'assistant') prompt += ` ${text}</s><s>`
    else {
      prompt += `[INST] ${before}${text} [/INST]`
      before = ''
    }
  return prompt
}

/** Source: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-templates-and-examples.html */
export const userAndBot: PromptTemplate = turns =>
  `${turns
    .map(({ role, text }) =>
      role === 'system' ? `${text}\n\n` : `${role === 'user' ? 'User' : 'Bot'}: ${text}\n`,
    )
    .join('')}Bot:`

/** Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-deepseek.html */
export const deepseekR1: PromptTemplate = turns =>
  `<｜begin▁of▁sentence｜>${turns
    .map(({ role, text }) =>
      role === 'system'
        ? text
        : role === 'user'
          ? `<｜User｜>${text}`
          : `<｜Assistant｜>${text}<｜end▁of▁sentence｜>`,
    )
    .join('')}<｜Assistant｜><think>\n`

/** Source: https://qwen.readthedocs.io/en/latest/getting_started/concepts.html#chat-template */
export const chatml: PromptTemplate = turns =>
  `${turns.map(({ role, text }) => `<|im_start|>${role}\n${text}<|im_end|>\n`).join('')}<|im_start|>assistant\n`

/** For models that were taught no roles. */
export const plain: PromptTemplate = turns => turns.map(({ text }) => text).join('\n\n')
