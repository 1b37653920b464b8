import { asObject, asObjects, asText, isObject, type JsonObject } from '../json.ts'
import { Failure } from '../wire/failure.ts'

/** Checks what a shape cannot say: the order of messages and which parameters go together. Throws `Failure`. */
export function checkChatRules(body: JsonObject): void {
  checkToolOrder(asObjects(body.messages))
  checkCompany(body)
  checkModelParams(body)
  checkJsonMode(body)
  checkStrictSchemas(body)
}

function refuse(message: string, field: string | undefined, code?: string): never {
  throw new Failure('invalid', { message, field, code })
}

function checkToolOrder(messages: JsonObject[]): void {
  let open = new Set<unknown>()
  let afterCalls = false
  for (const [index, message] of messages.entries()) {
    if (message.role === 'tool') {
      if (!afterCalls) {
        refuse(
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
          `messages.[${index}].role`,
        )
      }
      if (!open.delete(message.tool_call_id)) {
        refuse(
          `Invalid parameter: 'tool_call_id' of '${asText(message.tool_call_id)}' not found in 'tool_calls' of previous message.`,
          `messages.[${index}].tool_call_id`,
        )
      }
      continue
    }
    refuseUnanswered(open, index)
    const calls = message.role === 'assistant' ? asObjects(message.tool_calls) : []
    afterCalls = calls.length > 0
    open = new Set(calls.map(call => call.id))
    if (message.role === 'assistant' && isEmptyAnswer(message)) {
      refuse(`Invalid value for 'content': expected a string, got null.`, `messages.[${index}].content`)
    }
  }
  refuseUnanswered(open, messages.length)
}

function refuseUnanswered(open: Set<unknown>, index: number): void {
  if (open.size === 0) return
  refuse(
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
      `The following tool_call_ids did not have response messages: ${[...open].join(', ')}`,
    `messages.[${index}].role`,
  )
}

function isEmptyAnswer(message: JsonObject): boolean {
  const { content, tool_calls, function_call, audio, refusal } = message
  return (content ?? tool_calls ?? function_call ?? audio ?? refusal ?? undefined) === undefined
}

function checkCompany(body: JsonObject): void {
  if (isObject(body.stream_options) && body.stream !== true) {
    refuse("The 'stream_options' parameter is only allowed when 'stream' is enabled.", 'stream_options')
  }
  for (const field of ['tool_choice', 'parallel_tool_calls']) {
    if (body[field] !== undefined && body[field] !== 'none' && body.tools === undefined) {
      refuse(`Invalid value for '${field}': '${field}' is only allowed when 'tools' are specified.`, field)
    }
  }
  if (typeof body.top_logprobs === 'number' && body.logprobs !== true) {
    refuse("The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", 'top_logprobs')
  }
  if (typeof body.max_tokens === 'number' && typeof body.max_completion_tokens === 'number') {
    refuse(
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      'max_tokens',
      'invalid_parameter_combination',
    )
  }
  const name = asObject(asObject(body.tool_choice).function).name
  const names = asObjects(body.tools).map(tool => asObject(tool.function).name)
  if (name !== undefined && !names.includes(name)) {
    refuse(`Invalid value for 'tool_choice': no tool named '${asText(name)}' was specified.`, 'tool_choice')
  }
}

/** https://platform.openai.com/docs/guides/reasoning: reasoning models refuse the older parameters. */
function checkModelParams(body: JsonObject): void {
  if (!/^(o[1-9]|gpt-5)/.test(String(body.model))) return
  if (typeof body.max_tokens === 'number') {
    refuse(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      'max_tokens',
      'unsupported_parameter',
    )
  }
  const effort = body.reasoning_effort
  const rests = /^gpt-5\.\d/.test(String(body.model)) && (effort === undefined || effort === 'none')
  if (!rests) refuseSampling(body)
}

function refuseSampling(body: JsonObject): void {
  for (const field of ['temperature', 'top_p']) {
    if (typeof body[field] !== 'number' || body[field] === 1) continue
    refuse(
      `Unsupported value: '${field}' does not support ${body[field]} with this model. Only the default (1) value is supported.`,
      field,
      'unsupported_value',
    )
  }
  for (const field of ['logprobs', 'top_logprobs', 'logit_bias', 'presence_penalty', 'frequency_penalty']) {
    if (!body[field]) continue
    refuse(
      `Unsupported parameter: '${field}' is not supported with this model.`,
      field,
      'unsupported_parameter',
    )
  }
}

function checkJsonMode(body: JsonObject): void {
  if (asObject(body.response_format).type !== 'json_object') return
  if (!/json/i.test(JSON.stringify(body.messages))) {
    refuse(
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      'messages',
    )
  }
}

function checkStrictSchemas(body: JsonObject): void {
  const format = asObject(asObject(body.response_format).json_schema)
  if (format.strict === true)
    checkStrict(format.schema, `response_format '${asText(format.name)}'`, 'response_format')
  for (const [index, tool] of asObjects(body.tools).entries()) {
    const declared = asObject(tool.function)
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(String(declared.name)) && tool.type === 'function') {
      refuse(
        `Invalid 'tools[${index}].function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
        `tools[${index}].function.name`,
        'invalid_value',
      )
    }
    if (declared.strict === true) {
      checkStrict(
        declared.parameters,
        `function '${asText(declared.name)}'`,
        `tools[${index}].function.parameters`,
      )
    }
  }
}

/** https://platform.openai.com/docs/guides/structured-outputs#supported-schemas. Throws `Failure`. */
export function checkStrict(
  schema: unknown,
  owner: string,
  field: string,
  context: readonly string[] = [],
): void {
  const node = asObject(schema)
  const place = `In context=(${context.map(step => `'${step}'`).join(', ')})`
  if (isObject(node.properties)) {
    if (node.additionalProperties !== false) {
      refuse(
        `Invalid schema for ${owner}: ${place}, 'additionalProperties' is required to be supplied and to be false.`,
        field,
        'invalid_json_schema',
      )
    }
    const required = Array.isArray(node.required) ? node.required : []
    const missing = Object.keys(node.properties).find(name => !required.includes(name))
    if (missing !== undefined) {
      refuse(
        `Invalid schema for ${owner}: ${place}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`,
        field,
        'invalid_json_schema',
      )
    }
    for (const [name, child] of Object.entries(node.properties)) {
      checkStrict(child, owner, field, [...context, 'properties', name])
    }
  }
  if (isObject(node.items)) checkStrict(node.items, owner, field, [...context, 'items'])
}
