import type { ChatResponseMessage } from '../../types/chat.ts'
import type { Deployment } from '../../types/deployment.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import { extrasOf } from '../anthropic-messages/request/context.ts'
import { decodeReasoning } from './reasoning.ts'

/** The items of a response as one message; items that chat has no word for are kept beside it. */
export function decodeOutput(
  output: readonly unknown[],
  deployment: Deployment,
): {
  message: ChatResponseMessage
  logprobs: unknown[]
} {
  const message: ChatResponseMessage = { role: 'assistant', content: null }
  const logprobs: unknown[] = []
  const others: JsonObject[] = []
  const specific: JsonObject = {}
  for (const item of output.filter(isJsonObject)) {
    switch (item.type) {
      case 'message':
        addSaid(message, isJsonArray(item.content) ? item.content : [], logprobs)
        Object.assign(specific, extrasOf(item, MESSAGE_FIELDS))
        break
      case 'function_call':
        message.tool_calls = [...(message.tool_calls ?? []), decodeCall(item)]
        break
      case 'reasoning':
        addThought(message, item, deployment)
        break
      case 'image_generation_call':
        message.images = [...(message.images ?? []), decodeImage(item, message.images?.length ?? 0)]
        break
      default:
        others.push(item)
    }
  }
  if (others.length > 0) specific.output_items = others
  if (Object.keys(specific).length > 0) message.provider_specific_fields = specific
  return { message, logprobs }
}

function addSaid(message: ChatResponseMessage, parts: readonly unknown[], logprobs: unknown[]): void {
  for (const part of parts.filter(isJsonObject)) {
    if (part.type === 'refusal') message.refusal = (message.refusal ?? '') + textOf(part.refusal)
    if (part.type !== 'output_text') continue
    message.content = (message.content ?? '') + textOf(part.text)
    if (isJsonArray(part.logprobs)) logprobs.push(...part.logprobs)
    const annotations = isJsonArray(part.annotations) ? part.annotations.filter(isJsonObject) : []
    if (annotations.length > 0)
      message.annotations = [...(message.annotations ?? []), ...annotations.map(decodeAnnotation)]
  }
}

/** Chat wraps what is cited in the kind's own name. */
export function decodeAnnotation({ type, ...rest }: JsonObject): JsonObject {
  const kind = textOf(type)
  return kind === '' ? rest : { type: kind, [kind]: rest }
}

const MESSAGE_FIELDS = new Set(['content', 'id', 'role', 'status', 'type'])
const CALL_FIELDS = new Set(['arguments', 'call_id', 'id', 'name', 'status', 'type'])

export function decodeCall(item: JsonObject) {
  const extras = extrasOf(item, CALL_FIELDS)
  return {
    id: textOf(item.call_id) || textOf(item.id),
    type: 'function' as const,
    function: { name: textOf(item.name), arguments: textOf(item.arguments) },
    ...(Object.keys(extras).length > 0 && { provider_specific_fields: extras }),
  }
}

function addThought(message: ChatResponseMessage, item: JsonObject, deployment: Deployment): void {
  const { text, blocks } = decodeReasoning(item, deployment)
  if (text)
    message.reasoning_content = message.reasoning_content ? `${message.reasoning_content}\n\n${text}` : text
  if (blocks.length > 0) message.thinking_blocks = [...(message.thinking_blocks ?? []), ...blocks]
}

export function decodeImage(item: JsonObject, index: number): JsonObject {
  const format = textOf(item.output_format) || 'png'
  const url = `data:image/${format};base64,${textOf(item.result)}`
  return { type: 'image_url', index, image_url: { url, detail: 'auto' } }
}
