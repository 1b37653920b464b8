import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'
import { eachMessage } from './settle/each-message.ts'

/** Name of the tool whose arguments are the answer. */
const NAME = 'sluice_json_response'

/** The schema asked for, if one is. */
function schemaOf({ response_format: format }: JsonObject): JsonObject | undefined {
  return isJsonObject(format) && format.type === 'json_schema' && isJsonObject(format.json_schema)
    ? format.json_schema
    : undefined
}

/** Asks models that know no schemas for JSON, and tells them the schema. */
export function encodeSchemaInWords(body: JsonObject, info: CallInfo): void {
  const asked = schemaOf(body)
  if (asked === undefined) return
  body.response_format = { type: 'json_object' }
  const text = `Answer with one JSON object that fits this JSON Schema, and nothing else:\n${JSON.stringify(asked.schema)}`
  body.messages = [{ role: 'system', content: text }, ...(body.messages as JsonObject[])]
  info.warn({
    action: 'approximated',
    param: 'response_format',
    reason: 'this model knows no schemas: it is asked for JSON and told the schema',
  })
}

/**
 * Asks for an answer of a given schema by way of a forced tool, at models that know no schemas; beside tools of the
 * caller's own the model may not be forced, so it is told the schema instead.
 */
export function encodeSchemaTool(body: JsonObject, info: CallInfo): void {
  const asked = schemaOf(body)
  if (asked === undefined) return
  if (isJsonArray(body.tools) && body.tools.length > 0) return encodeSchemaInWords(body, info)
  const { schema, description } = asked
  delete body.response_format
  body.tools = [
    {
      type: 'function',
      function: {
        name: NAME,
        description:
          typeof description === 'string'
            ? description
            : 'Gives the final answer. Call this tool exactly once with the answer as its arguments.',
        parameters: isJsonObject(schema) ? schema : { type: 'object' },
      },
    },
  ]
  body.tool_choice = { type: 'function', function: { name: NAME } }
  info.warn({
    action: 'approximated',
    param: 'response_format',
    reason: 'this model knows no schemas: the answer is asked for by way of a tool',
  })
}

/** The arguments of that tool are the answer's text again. */
export function settleSchemaTool(): (reply: JsonObject) => void {
  const open = new Set<unknown>()
  return reply =>
    eachMessage(reply, (message, choice) => {
      if (isJsonArray(message.tool_calls)) readCalls(message, message.tool_calls, open, choice.index)
      if (open.has(choice.index) && choice.finish_reason === 'tool_calls') choice.finish_reason = 'stop'
    })
}

function readCalls(message: JsonObject, calls: unknown[], open: Set<unknown>, index: unknown): void {
  const pieces: string[] = []
  for (const call of calls) {
    if (!isJsonObject(call) || !isJsonObject(call.function)) continue
    if (call.function.name === NAME) open.add(index)
    if (open.has(index) && typeof call.function.arguments === 'string') pieces.push(call.function.arguments)
  }
  if (!open.has(index)) return
  delete message.tool_calls
  message.content = pieces.join('')
}
