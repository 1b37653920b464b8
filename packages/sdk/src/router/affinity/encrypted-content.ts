import { sealIn, sealOf } from '../../codecs/seal.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { Affinity } from './affinity.ts'

/** Sealed thinking of an earlier turn goes back to an organization that can open it; elsewhere it would be left out. */
export const encryptedContent: Affinity = {
  name: 'encrypted-content',
  most: 1,
  keysOf: () => undefined,
  match({ request }) {
    const seal = lastSeal(request)
    return seal === undefined ? undefined : deployment => sealOf(deployment) === seal
  },
}

function lastSeal({ messages }: JsonObject): string | undefined {
  if (!Array.isArray(messages)) return undefined
  for (let index = messages.length - 1; index >= 0; index--) {
    const message: unknown = messages[index]
    if (!isJsonObject(message) || !Array.isArray(message.thinking_blocks)) continue
    for (const block of message.thinking_blocks) {
      const seal = isJsonObject(block) ? sealIn(block.signature) : undefined
      if (seal !== undefined) return seal
    }
  }
  return undefined
}
