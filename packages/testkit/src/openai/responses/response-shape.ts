import { asText, isObject, type JsonObject } from '../../json.ts'
import {
  anything,
  filledText,
  flag,
  integer,
  list,
  nullable,
  number,
  oneOf,
  openRecord,
  type Path,
  record,
  type Shape,
  tagged,
  text,
  textOr,
  Violation,
} from '../../wire/shape.ts'

const status = nullable(oneOf('in_progress', 'completed', 'incomplete'))
const detail = nullable(oneOf('low', 'high', 'auto', 'original'))

const inputParts = {
  input_text: record({ type: text, text }, { prompt_cache_breakpoint: openRecord }),
  input_image: record(
    { type: text },
    { image_url: nullable(filledText), file_id: nullable(text), detail, prompt_cache_breakpoint: openRecord },
  ),
  input_file: record(
    { type: text },
    {
      file_id: nullable(text),
      filename: text,
      file_data: text,
      file_url: text,
      detail,
      prompt_cache_breakpoint: openRecord,
    },
  ),
}
const inputContent = list(tagged('type', inputParts), 1)
const outputContent = list(
  tagged('type', {
    output_text: record({ type: text, text }, { annotations: list(anything), logprobs: list(anything) }),
    refusal: record({ type: text, refusal: text }),
  }),
  1,
)

const messageExtras = { type: oneOf('message'), id: text, status, phase: nullable(text) }
const message = tagged('role', {
  user: record({ role: text, content: textOr(inputContent) }, messageExtras),
  system: record({ role: text, content: textOr(inputContent) }, messageExtras),
  developer: record({ role: text, content: textOr(inputContent) }, messageExtras),
  assistant: record({ role: text, content: textOr(outputContent) }, messageExtras),
})

/** An id that the vendor gave away: it begins with its kind. */
function idOf(prefix: string): Shape {
  return (value, path) => {
    text(value, path)
    if (!asText(value).startsWith(prefix)) {
      throw new Violation('value', path, `an ID that begins with '${prefix}'`, value)
    }
  }
}

const items: Readonly<Record<string, Shape>> = {
  message,
  function_call: record(
    { type: text, call_id: filledText, name: filledText, arguments: text },
    { id: nullable(idOf('fc')), status, namespace: text, caller: nullable(openRecord) },
  ),
  function_call_output: record(
    { type: text, call_id: filledText, output: textOr(list(tagged('type', inputParts))) },
    { id: nullable(text), status, name: nullable(text), caller: nullable(openRecord) },
  ),
  custom_tool_call: record(
    { type: text, call_id: filledText, name: filledText, input: text },
    { id: nullable(text), status, namespace: text },
  ),
  custom_tool_call_output: record(
    { type: text, call_id: filledText, output: textOr(list(tagged('type', inputParts))) },
    { id: nullable(text) },
  ),
  reasoning: record(
    { type: text, id: idOf('rs'), summary: list(record({ type: oneOf('summary_text'), text })) },
    {
      encrypted_content: nullable(text),
      content: nullable(list(record({ type: oneOf('reasoning_text'), text }))),
      status,
    },
  ),
  item_reference: record({ id: filledText }, { type: nullable(text) }),
}

/** Kinds of items whose fields belong to the vendor's own tools. */
const open = new Set(
  (
    'file_search_call computer_call computer_call_output web_search_call tool_search_call tool_search_output ' +
    'additional_tools compaction compaction_trigger image_generation_call code_interpreter_call local_shell_call ' +
    'local_shell_call_output shell_call shell_call_output apply_patch_call apply_patch_call_output mcp_list_tools ' +
    'mcp_approval_request mcp_approval_response mcp_call program program_output'
  ).split(' '),
)

function item(value: unknown, path: Path): void {
  if (!isObject(value)) throw new Violation('type', path, 'object', value)
  const type = value.type ?? (value.role === undefined ? 'item_reference' : 'message')
  if (open.has(asText(type))) return
  oneOf(...Object.keys(items), ...open)(type, [...path, 'type'])
  items[asText(type)]?.(value, path)
}

const functionTool = record(
  { type: text, name: filledText },
  {
    description: nullable(text),
    parameters: nullable(openRecord),
    strict: nullable(flag),
    defer_loading: flag,
    output_schema: nullable(openRecord),
    allowed_callers: nullable(list(text)),
  },
)
const ownTools = (
  'file_search computer computer_use_preview web_search web_search_2025_08_26 web_search_preview ' +
  'web_search_preview_2025_03_11 mcp code_interpreter programmatic_tool_calling image_generation local_shell shell ' +
  'custom namespace tool_search apply_patch'
).split(' ')
const tool = tagged('type', {
  function: functionTool,
  ...Object.fromEntries(ownTools.map(name => [name, openRecord])),
})

const toolChoice: Shape = (value, path) => {
  if (typeof value === 'string') return oneOf('none', 'auto', 'required')(value, path)
  const named = record({ type: text, name: filledText })
  const bare = record({ type: text })
  tagged('type', {
    function: named,
    custom: named,
    mcp: record({ type: text, server_label: filledText }, { name: nullable(text) }),
    allowed_tools: record({ type: text, mode: oneOf('auto', 'required'), tools: list(openRecord, 1) }),
    ...Object.fromEntries(
      ownTools.filter(name => !['mcp', 'custom'].includes(name)).map(name => [name, bare]),
    ),
  })(value, path)
}

const format = tagged('type', {
  text: record({ type: text }),
  json_object: record({ type: text }),
  json_schema: record(
    { type: text, name: filledText, schema: openRecord },
    { description: text, strict: nullable(flag) },
  ),
})
const summary = nullable(oneOf('auto', 'concise', 'detailed'))

/** The body of `POST /v1/responses`, https://platform.openai.com/docs/api-reference/responses/create. */
export const responseShape = record(
  {},
  {
    background: nullable(flag),
    context_management: nullable(list(openRecord)),
    conversation: nullable(textOr(record({ id: filledText }))),
    include: nullable(
      list(
        oneOf(
          'file_search_call.results',
          'web_search_call.results',
          'web_search_call.action.sources',
          'message.input_image.image_url',
          'computer_call_output.output.image_url',
          'code_interpreter_call.outputs',
          'reasoning.encrypted_content',
          'message.output_text.logprobs',
        ),
      ),
    ),
    input: textOr(list(item)),
    instructions: nullable(text),
    max_output_tokens: nullable(integer(16)),
    max_tool_calls: nullable(integer(1)),
    metadata: nullable(openRecord),
    model: filledText,
    moderation: nullable(openRecord),
    parallel_tool_calls: nullable(flag),
    previous_response_id: nullable(idOf('resp')),
    prompt: nullable(
      record({ id: filledText }, { version: nullable(text), variables: nullable(openRecord) }),
    ),
    prompt_cache_key: nullable(text),
    prompt_cache_options: openRecord,
    prompt_cache_retention: nullable(oneOf('in_memory', '24h')),
    reasoning: nullable(
      record(
        {},
        {
          context: nullable(oneOf('auto', 'current_turn', 'all_turns')),
          effort: nullable(oneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max')),
          generate_summary: summary,
          mode: text,
          summary,
        },
      ),
    ),
    safety_identifier: nullable(text),
    service_tier: nullable(oneOf('auto', 'default', 'flex', 'scale', 'priority', 'fast', 'ultrafast')),
    store: nullable(flag),
    stream: nullable(flag),
    stream_options: nullable(record({}, { include_obfuscation: flag })),
    temperature: nullable(number(0, 2)),
    text: record({}, { format, verbosity: nullable(oneOf('low', 'medium', 'high')) }),
    tool_choice: toolChoice,
    tools: list(tool),
    top_logprobs: nullable(integer(0, 20)),
    top_p: nullable(number(0, 1)),
    truncation: nullable(oneOf('auto', 'disabled')),
    user: text,
  },
)

/** The input as items; a text is one message of the user. */
export function inputItems(body: JsonObject): JsonObject[] {
  if (typeof body.input === 'string') return [{ type: 'message', role: 'user', content: body.input }]
  return Array.isArray(body.input) ? body.input.filter(isObject) : []
}
