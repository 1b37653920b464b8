import { badRequest } from '../../../errors.ts'
import type { ChatRequest, ResponseFormat } from '../../../types/chat.ts'
import { isJsonObject, type JsonObject, textOf } from '../../../types/json.ts'
import {
  encodeResponseFormat as encodeClaudeFormat,
  JSON_TOOL,
} from '../../anthropic-messages/request/response-format.ts'
import { jsonInstruction, schemaAskedFor } from '../../json-answer.ts'
import type { Block, EncodeContext } from './context.ts'

export interface FormatPlan {
  /** `outputConfig.textFormat`. */
  readonly format?: JsonObject
  /** The stand-in tool, to be forced. */
  readonly tool?: Block
  /** Goes after the system prompt. */
  readonly instruction?: string
}

/**
 * `response_format` → structured output where the model has it, else a tool whose input is the answer.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
 */
export function encodeResponseFormat(request: ChatRequest, context: EncodeContext): FormatPlan {
  const format = request.response_format
  if (format == null || format.type === 'text') return {}
  const schema = schemaAskedFor(format)
  if (schema === undefined) return { instruction: jsonInstruction(context.info) }
  const described = format.type === 'json_schema' ? format.json_schema : undefined
  if (context.traits.reasoning === 'claude') {
    const plan = encodeClaudeFormat(request, context.claude)
    if (plan.format) return native(isJsonObject(plan.format.schema) ? plan.format.schema : schema, described)
  } else if (context.traits.jsonSchema === 'native') return native(schema, described)
  return {
    tool: {
      toolSpec: {
        name: JSON_TOOL,
        description:
          described?.description ??
          'Gives the final answer. Call this tool exactly once with the answer as its input.',
        inputSchema: { json: schema.type === 'object' ? schema : { ...schema, type: 'object' } },
      },
    },
  }
}

function native(
  schema: JsonObject,
  described: { name?: string; description?: string } | undefined,
): FormatPlan {
  const { name, description } = described ?? {}
  return {
    format: {
      type: 'json_schema',
      structure: {
        jsonSchema: {
          schema: JSON.stringify(schema),
          ...(name !== undefined && { name }),
          ...(description !== undefined && { description }),
        },
      },
    },
  }
}

/** `outputConfig.textFormat` of a client → `response_format`. */
export function decodeResponseFormat(format: JsonObject): ResponseFormat {
  const structure = isJsonObject(format.structure) ? format.structure.jsonSchema : undefined
  const { schema: text, name, description } = isJsonObject(structure) ? structure : ({} as JsonObject)
  let schema: unknown
  try {
    schema = JSON.parse(textOf(text))
  } catch {
    // Told below, together with JSON that is no object.
  }
  if (!isJsonObject(schema))
    throw badRequest(
      'outputConfig.textFormat.structure.jsonSchema.schema: must be a JSON Schema written as a string.',
      'outputConfig.textFormat.structure.jsonSchema.schema',
    )
  return {
    type: 'json_schema',
    json_schema: {
      name: typeof name === 'string' ? name : 'structured_output',
      schema,
      ...(typeof description === 'string' && { description }),
    },
  }
}
