import type { ThinkingBlock } from '../../types/chat.ts'
import type { Deployment } from '../../types/deployment.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import { sealIn, sealOf } from '../seal.ts'

/** Before a signature of ours: who sealed it, the id of the reasoning item, then its encrypted content. */
const MARK = 'openai-responses'

/** A reasoning item as the hub's thinking: its summary to read, its encrypted content to send back. */
export function decodeReasoning(
  item: JsonObject,
  deployment: Deployment,
): { text: string; blocks: ThinkingBlock[] } {
  const text = [...textsOf(item.summary), ...textsOf(item.content)].join('\n\n')
  const sealed = textOf(item.encrypted_content)
  const signature = sealed ? `${MARK}@${sealOf(deployment)}:${textOf(item.id)}:${sealed}` : undefined
  if (signature === undefined) return { text, blocks: [] }
  return { text, blocks: [{ type: 'thinking', thinking: text, signature }] }
}

function textsOf(parts: unknown): string[] {
  return isJsonArray(parts) ? parts.flatMap(part => (isJsonObject(part) ? [textOf(part.text)] : [])) : []
}

/**
 * Thinking that this format once gave, as its item again; a reason instead for what another vendor signed or another
 * organization sealed, which would refuse the whole request. Signatures of before there were seals name nobody.
 */
export function encodeReasoning(block: ThinkingBlock, deployment: Deployment): JsonObject | string {
  const { type, signature } = block
  if (type !== 'thinking' || typeof signature !== 'string') return FOREIGN
  const seal = sealIn(signature)
  const [mark, id, ...sealed] = signature.split(':')
  if ((mark !== MARK && mark !== `${MARK}@${seal}`) || sealed.length === 0) return FOREIGN
  if (seal !== undefined && seal !== sealOf(deployment)) return SEALED_ELSEWHERE
  return {
    type: 'reasoning',
    ...(id && { id }),
    summary: block.thinking ? [{ type: 'summary_text', text: block.thinking }] : [],
    encrypted_content: sealed.join(':'),
  }
}

const FOREIGN = 'another provider signed this thinking'
const SEALED_ELSEWHERE = 'another organization sealed this thinking, and only it can open it'
