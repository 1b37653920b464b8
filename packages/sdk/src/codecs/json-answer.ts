import { badRequest } from '../errors.ts'
import type { ResponseFormat } from '../types/chat.ts'
import { isJsonObject, type JsonObject } from '../types/json.ts'
import type { CallInfo } from './codec.ts'

/**
 * The schema an answer is to have; none where any JSON object will do. Throws `BadRequestError` for a format that is
 * none.
 */
export function schemaAskedFor(format: ResponseFormat): JsonObject | undefined {
  if (format.type === 'json_schema') {
    const schema = isJsonObject(format.json_schema) ? format.json_schema.schema : undefined
    if (!isJsonObject(schema))
      throw badRequest(
        'response_format.json_schema.schema: must be a JSON Schema object.',
        'response_format.json_schema.schema',
      )
    return schema
  }
  if (format.type !== 'json_object')
    throw badRequest(
      'response_format.type: must be text, json_object or json_schema.',
      'response_format.type',
    )
  return isJsonObject(format.response_schema) ? format.response_schema : undefined
}

/** JSON asked for in words, where nothing but words can ask for it. */
export function jsonInstruction({ warn }: Pick<CallInfo, 'warn'>): string {
  warn({
    action: 'approximated',
    param: 'response_format',
    reason: 'this provider has no JSON mode without a schema; an instruction asks for JSON instead',
  })
  return 'Answer with one JSON object and nothing else: no prose and no code fence around it.'
}
