import { isJsonArray, isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { CallInfo } from '../../codec.ts'
import type { OpenaiChatOptions } from '../options.ts'

/** Tools without what the provider refuses. The same array when there is nothing of the kind. */
export function plainTools(
  tools: JsonObject[],
  info: CallInfo,
  { toolsWithout }: OpenaiChatOptions,
): JsonObject[] {
  if (toolsWithout === undefined) return tools
  const fields = new Set(toolsWithout.fields)
  const keywords = new Set(toolsWithout.keywords)
  const dropped = new Set<string>()
  const plain = tools.map(tool => {
    if (!isJsonObject(tool.function)) return tool
    const out: JsonObject = {}
    for (const [key, value] of Object.entries(tool.function)) {
      if (!fields.has(key)) out[key] = key === 'parameters' ? plainSchema(value, keywords, dropped) : value
      else if (value !== null) dropped.add(key)
    }
    return { ...tool, function: out }
  })
  for (const key of dropped)
    info.warn({
      action: 'dropped',
      param: `tools.${key}`,
      reason: 'this provider does not take it in definitions of tools',
    })
  return dropped.size > 0 || plain.some((tool, index) => !sameKeys(tool, tools[index])) ? plain : tools
}

/** Below `properties` and the like stand names of the user's own, which may look like keywords. */
const NAMES = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'])
const VALUES = new Set(['enum', 'const', 'default', 'examples', 'required'])

function plainSchema(schema: unknown, keywords: ReadonlySet<string>, dropped: Set<string>): unknown {
  if (isJsonArray(schema)) return schema.map(item => plainSchema(item, keywords, dropped))
  if (!isJsonObject(schema)) return schema
  const out: JsonObject = {}
  for (const [key, value] of Object.entries(schema)) {
    if (keywords.has(key)) dropped.add(key)
    else if (VALUES.has(key)) out[key] = value
    else if (NAMES.has(key) && isJsonObject(value)) {
      const named: JsonObject = {}
      for (const name of Object.keys(value)) named[name] = plainSchema(value[name], keywords, dropped)
      out[key] = named
    } else out[key] = plainSchema(value, keywords, dropped)
  }
  return out
}

function sameKeys(tool: JsonObject, before: JsonObject | undefined): boolean {
  const keys = (value: unknown) => (isJsonObject(value) ? Object.keys(value).length : 0)
  return keys(tool.function) === keys(before?.function)
}
