import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import type { Warning } from '../../types/warning.ts'

/**
 * LiteLLM's `additional_drop_params`: `field`, `parent.child`, `array[*].field`, `array[0]`. Returns a copy
 * without them; what is not there is no error.
 */
export function dropPaths(
  body: JsonObject,
  paths: readonly string[],
  warn: (warning: Warning) => void,
): JsonObject {
  let out = body
  for (const path of paths) {
    const steps = path.split('.').flatMap(splitStep)
    const next = drop(out, steps)
    if (next === out) continue
    out = next as JsonObject
    warn({ action: 'dropped', param: path, reason: 'named in additional_drop_params' })
  }
  return out
}

/** `tools[*]` → `tools`, `*`. */
function splitStep(step: string): string[] {
  const [name = '', ...indices] = step.split('[')
  return [name, ...indices.map(index => index.replace(']', ''))].filter(part => part !== '')
}

function drop(value: unknown, steps: readonly string[]): unknown {
  const [step, ...rest] = steps
  if (step === undefined) return value
  if (isJsonArray(value)) {
    if (rest.length === 0) {
      const kept = value.filter((_, index) => step !== '*' && step !== String(index))
      return kept.length === value.length ? value : kept
    }
    const next = value.map((item, index) =>
      step === '*' || step === String(index) ? drop(item, rest) : item,
    )
    return next.every((item, index) => item === value[index]) ? value : next
  }
  if (!isJsonObject(value) || !Object.hasOwn(value, step)) return value
  if (rest.length === 0) {
    const { [step]: _, ...kept } = value
    return kept
  }
  const child = drop(value[step], rest)
  return child === value[step] ? value : { ...value, [step]: child }
}
