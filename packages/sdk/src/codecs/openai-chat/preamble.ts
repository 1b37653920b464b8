import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'

/**
 * True for a chunk of a chat or a text completion that carries no output: its role, a filter's results on the prompt,
 * usage. Anything else a delta holds is output, whatever its name.
 */
export function isPreamble({ choices }: JsonObject): boolean {
  return !isJsonArray(choices) || choices.every(choice => !isJsonObject(choice) || saysNothing(choice))
}

function saysNothing({ finish_reason: reason, text, message, delta }: JsonObject): boolean {
  if (reason != null || !isEmpty(text) || !isEmpty(message)) return false
  if (!isJsonObject(delta)) return true
  for (const key in delta) if (key !== 'role' && !isEmpty(delta[key])) return false
  return true
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'string' || isJsonArray(value)) return value.length === 0
  return !isJsonObject(value) || Object.keys(value).length === 0
}
