import { badRequest } from '../../../errors.ts'
import type { ChatRequest, ResponseFormat } from '../../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../../types/json.ts'
import { jsonInstruction, schemaAskedFor } from '../../json-answer.ts'
import type { EncodeContext } from './context.ts'

/** Name of the tool that stands in for a JSON answer on models without `output_config.format`. */
export const JSON_TOOL = 'sluice_json_response'

export interface FormatPlan {
  /** `output_config.format`. */
  readonly format?: JsonObject
  /** The stand-in tool, to be forced. */
  readonly tool?: JsonObject
  /** Goes after the system prompt. */
  readonly instruction?: string
}

/**
 * `response_format` → structured output where the model has it, else a tool whose input is the answer.
 * Source: https://platform.claude.com/docs/en/build-with-claude/structured-outputs
 */
export function encodeResponseFormat(request: ChatRequest, context: EncodeContext): FormatPlan {
  const format = request.response_format
  if (format == null || format.type === 'text') return {}
  const schema = schemaAskedFor(format)
  if (schema === undefined) return { instruction: jsonInstruction(context.info) }
  const described = format.type === 'json_schema' ? format.json_schema.description : undefined
  if (context.traits.jsonSchema === 'native') {
    const whole = described ? { description: described, ...schema } : schema
    return { format: { type: 'json_schema', schema: strictSchema(whole, context) } }
  }
  return {
    tool: {
      name: JSON_TOOL,
      description:
        described ?? 'Gives the final answer. Call this tool exactly once with the answer as its input.',
      input_schema: schema.type === 'object' ? schema : { ...schema, type: 'object' },
    },
  }
}

/** String formats structured output enforces. */
const FORMATS = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
]) // prettier-ignore

/** Keywords structured output enforces, besides those that hold schemas. */
const KEPT = new Set(['type', 'description', 'title', 'enum', 'const', 'required', '$ref', 'default'])

/**
 * A schema as structured output takes it: objects are closed, and keywords it does not enforce move into the
 * description, where the model still reads them.
 */
function strictSchema(schema: JsonObject, { info }: EncodeContext): JsonObject {
  const moved = new Set<string>()
  const strict = closeSchema(schema, moved)
  if (moved.size > 0)
    info.warn({
      action: 'approximated',
      param: 'response_format.json_schema.schema',
      reason: `not enforced by Anthropic, told to the model as text: ${[...moved].join(', ')}`,
    })
  return strict
}

function closeSchema(schema: JsonObject, moved: Set<string>): JsonObject {
  const closed: [string, unknown][] = []
  const notes: string[] = []
  for (const [key, value] of Object.entries(schema)) {
    if (key === '$schema' || key === 'additionalProperties') continue
    if ((key === 'properties' || key === '$defs' || key === 'definitions') && isJsonObject(value))
      closed.push([key, mapSchemas(value, moved)])
    else if (key === 'items' && isJsonObject(value)) closed.push([key, closeSchema(value, moved)])
    else if ((key === 'anyOf' || key === 'allOf' || key === 'oneOf') && isJsonArray(value))
      closed.push([
        key === 'oneOf' ? 'anyOf' : key,
        value.map(variant => (isJsonObject(variant) ? closeSchema(variant, moved) : variant)),
      ])
    else if (isEnforced(key, value)) closed.push([key, value])
    else {
      moved.add(key)
      notes.push(`${key}: ${JSON.stringify(value)}`)
    }
  }
  if (schema.type === 'object' || isJsonObject(schema.properties))
    closed.push(['additionalProperties', false])
  const strict: JsonObject = Object.fromEntries(closed)
  if (notes.length > 0)
    strict.description = [strict.description, `{${notes.join(', ')}}`].filter(Boolean).join('\n\n')
  return strict
}

function mapSchemas(schemas: JsonObject, moved: Set<string>): JsonObject {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, value]) => [
      name,
      isJsonObject(value) ? closeSchema(value, moved) : value,
    ]),
  )
}

function isEnforced(key: string, value: unknown): boolean {
  if (key === 'format') return typeof value === 'string' && FORMATS.has(value)
  if (key === 'minItems') return value === 0 || value === 1
  return KEPT.has(key)
}

/** `output_config.format` (or its older spelling `output_format`) → `response_format`. */
export function decodeResponseFormat(format: JsonObject): ResponseFormat {
  if (format.type !== 'json_schema' || !isJsonObject(format.schema))
    throw badRequest(
      'output_config.format: must be {"type":"json_schema","schema":{…}}.',
      'output_config.format',
    )
  return {
    type: 'json_schema',
    json_schema: { name: 'structured_output', schema: format.schema, strict: isStrict(format.schema) },
  }
}

/** OpenAI's strict mode wants every object closed and every property required. */
function isStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict)
  if (!isJsonObject(schema)) return true
  if (isJsonObject(schema.properties)) {
    const required: unknown[] = Array.isArray(schema.required) ? schema.required : []
    if (schema.additionalProperties !== false) return false
    if (!Object.keys(schema.properties).every(name => required.includes(name))) return false
  }
  return Object.values(schema).every(isStrict)
}
