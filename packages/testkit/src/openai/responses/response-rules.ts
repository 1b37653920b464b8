import { asObject, asObjects, asText, type JsonObject } from '../../json.ts'
import { Failure } from '../../wire/failure.ts'
import { checkStrict } from '../chat-rules.ts'

/** How the encrypted reasoning of this testkit begins. */
export const sealPrefix = 'gAAAAtestkit.'

function refuse(message: string, field: string, code?: string): never {
  throw new Failure('invalid', { message, field, code })
}

/**
 * Checks what a shape cannot say. `earlier`: the items of the conversation so far, when the request continues one.
 * Throws `Failure`.
 */
export function checkResponseRules(
  body: JsonObject,
  items: JsonObject[],
  earlier: readonly JsonObject[],
): void {
  checkModel(body)
  checkCompany(body)
  checkTools(body)
  checkCalls(items, earlier)
  checkReasoning(items)
}

function checkModel(body: JsonObject): void {
  if (body.model === undefined && body.prompt === undefined) {
    refuse("Missing required parameter: 'model'.", 'model', 'missing_required_parameter')
  }
  if (!/^(o[1-9]|gpt-5)/.test(asText(body.model))) return
  for (const field of ['temperature', 'top_p']) {
    if (typeof body[field] === 'number' && body[field] !== 1) {
      refuse(
        `Unsupported parameter: '${field}' is not supported with this model.`,
        field,
        'unsupported_parameter',
      )
    }
  }
}

function checkCompany(body: JsonObject): void {
  const isContinued =
    (body.previous_response_id ?? body.conversation ?? body.prompt ?? undefined) !== undefined
  if (body.input === undefined && !isContinued) {
    refuse("Missing required parameter: 'input'.", 'input', 'missing_required_parameter')
  }
  if (body.previous_response_id && body.conversation) {
    refuse('Mutually exclusive parameters: previous_response_id, conversation.', 'previous_response_id')
  }
  if (body.stream_options && body.stream !== true) {
    refuse("The 'stream_options' parameter is only allowed when 'stream' is enabled.", 'stream_options')
  }
  const { type, name, schema, strict } = asObject(asObject(body.text).format)
  if (type === 'json_schema' && strict === true)
    checkStrict(schema, `response_format '${asText(name)}'`, 'text.format.schema')
  if (type === 'json_object' && !/json/i.test(JSON.stringify([body.input, body.instructions]))) {
    refuse(
      "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
      'input',
    )
  }
}

function checkTools(body: JsonObject): void {
  const tools = asObjects(body.tools)
  for (const [index, tool] of tools.entries()) {
    if (tool.type !== 'function') continue
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(asText(tool.name))) {
      refuse(
        `Invalid 'tools[${index}].name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
        `tools[${index}].name`,
        'invalid_value',
      )
    }
    if (tool.strict === true) {
      checkStrict(tool.parameters, `function '${asText(tool.name)}'`, `tools[${index}].parameters`)
    }
  }
  const choice = asObject(body.tool_choice)
  if (choice.type === 'function' && !tools.some(tool => tool.name === choice.name)) {
    refuse(`Tool choice 'function' not found in 'tools' parameter.`, 'tool_choice')
  }
}

function checkCalls(items: JsonObject[], earlier: readonly JsonObject[]): void {
  const open = new Map<unknown, string>()
  const isCall = (type: unknown) => type === 'function_call' || type === 'custom_tool_call'
  for (const one of earlier) if (isCall(one.type)) open.set(one.call_id, 'earlier')
  const known = new Set(open.keys())
  for (const one of items) {
    if (isCall(one.type)) {
      known.add(one.call_id)
      open.set(one.call_id, 'here')
    } else if (one.type === 'function_call_output' || one.type === 'custom_tool_call_output') {
      if (!known.has(one.call_id)) {
        refuse(`No tool call found for function call output with call_id ${asText(one.call_id)}.`, 'input')
      }
      open.delete(one.call_id)
    }
  }
  const [unanswered] = open.keys()
  if (unanswered !== undefined)
    refuse(`No tool output found for function call ${asText(unanswered)}.`, 'input')
}

function checkReasoning(items: JsonObject[]): void {
  for (const [index, one] of items.entries()) {
    if (one.type !== 'reasoning') continue
    const next = items[index + 1]
    const follows =
      next !== undefined && (next.role === 'assistant' || /_call$|^reasoning$/.test(asText(next.type)))
    if (!follows) {
      refuse(
        `Item '${asText(one.id)}' of type 'reasoning' was provided without its required following item.`,
        'input',
      )
    }
    if (typeof one.encrypted_content === 'string' && !one.encrypted_content.startsWith(sealPrefix)) {
      refuse('The encrypted content could not be verified.', 'input', 'invalid_encrypted_content')
    }
  }
}
