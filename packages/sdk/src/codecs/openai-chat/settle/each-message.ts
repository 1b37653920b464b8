import { isJsonArray, isJsonObject, type JsonObject } from '../../../types/json.ts'

/** Calls `see` with the message of each choice of a reply, or the delta of each choice of a chunk. */
export function eachMessage(reply: JsonObject, see: (message: JsonObject, choice: JsonObject) => void): void {
  if (!isJsonArray(reply.choices)) return
  for (const choice of reply.choices) {
    if (!isJsonObject(choice)) continue
    const message = choice.message ?? choice.delta
    if (isJsonObject(message)) see(message, choice)
  }
}

/** Several ways to settle, one after the other. */
export function settleAll<Info>(
  ...settles: readonly ((info: Info) => (reply: JsonObject) => void)[]
): (info: Info) => (reply: JsonObject) => void {
  return info => {
    const each = settles.map(settle => settle(info))
    return reply => {
      for (const settle of each) settle(reply)
    }
  }
}
