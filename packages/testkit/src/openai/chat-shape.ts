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
  record,
  tagged,
  text,
  textOr,
} from '../wire/shape.ts'

const toolCall = tagged('type', {
  function: record({ id: text, type: text, function: record({ name: text, arguments: text }) }),
  custom: record({ id: text, type: text, custom: record({ name: text, input: text }) }),
})

const cacheMark = { prompt_cache_breakpoint: openRecord }
const textPart = record({ type: text, text }, cacheMark)
const userPart = tagged('type', {
  text: textPart,
  image_url: record(
    {
      type: text,
      image_url: record({ url: filledText }, { detail: oneOf('auto', 'low', 'high', 'original') }),
    },
    cacheMark,
  ),
  input_audio: record(
    { type: text, input_audio: record({ data: filledText, format: oneOf('wav', 'mp3') }) },
    cacheMark,
  ),
  file: record(
    { type: text, file: record({}, { file_data: text, file_id: text, filename: text }) },
    cacheMark,
  ),
})
const answerPart = tagged('type', { text: textPart, refusal: record({ type: text, refusal: text }) })
const plainMessage = record(
  { role: text, content: textOr(list(tagged('type', { text: textPart }), 1)) },
  { name: text },
)

const message = tagged('role', {
  system: plainMessage,
  developer: plainMessage,
  user: record({ role: text, content: textOr(list(userPart, 1)) }, { name: text }),
  assistant: record(
    { role: text },
    {
      content: nullable(textOr(list(answerPart, 1))),
      name: text,
      refusal: nullable(text),
      tool_calls: list(toolCall, 1),
      function_call: nullable(record({ name: text, arguments: text })),
      audio: nullable(record({ id: text })),
      // Sent back by clients that echo the message they received.
      annotations: list(anything),
    },
  ),
  tool: record({
    role: text,
    content: textOr(list(tagged('type', { text: textPart }), 1)),
    tool_call_id: text,
  }),
  function: record({ role: text, name: text, content: nullable(text) }),
})

const functionTool = record(
  { name: filledText },
  { description: text, parameters: openRecord, strict: nullable(flag) },
)
const tool = tagged('type', {
  function: record({ type: text, function: functionTool }),
  custom: record({ type: text, custom: openRecord }),
})
const toolChoice = tagged('type', {
  function: record({ type: text, function: record({ name: text }) }),
  custom: record({ type: text, custom: record({ name: text }) }),
  allowed_tools: record({ type: text, allowed_tools: openRecord }),
})
const jsonSchema = record(
  { name: filledText },
  { schema: openRecord, description: text, strict: nullable(flag) },
)
const responseFormat = tagged('type', {
  text: record({ type: text }),
  json_object: record({ type: text }),
  json_schema: record({ type: text, json_schema: jsonSchema }),
})

/** The body of `POST /v1/chat/completions`, https://platform.openai.com/docs/api-reference/chat/create. */
export const chatShape = record(
  { messages: list(message, 1), model: filledText },
  {
    audio: nullable(openRecord),
    frequency_penalty: nullable(number(-2, 2)),
    function_call: textOr(record({ name: text })),
    functions: list(record({ name: filledText }, { description: text, parameters: openRecord })),
    logit_bias: nullable(openRecord),
    logprobs: nullable(flag),
    max_completion_tokens: nullable(integer(1)),
    max_tokens: nullable(integer(1)),
    metadata: nullable(openRecord),
    modalities: nullable(list(oneOf('text', 'audio'))),
    moderation: nullable(openRecord),
    n: nullable(integer(1, 128)),
    parallel_tool_calls: flag,
    prediction: nullable(openRecord),
    presence_penalty: nullable(number(-2, 2)),
    prompt_cache_key: nullable(text),
    prompt_cache_options: openRecord,
    prompt_cache_retention: nullable(oneOf('in_memory', '24h')),
    reasoning_effort: nullable(oneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max')),
    response_format: responseFormat,
    safety_identifier: nullable(text),
    seed: nullable(integer()),
    service_tier: nullable(oneOf('auto', 'default', 'flex', 'scale', 'priority', 'fast')),
    stop: nullable(textOr(list(text))),
    store: nullable(flag),
    stream: nullable(flag),
    stream_options: nullable(record({}, { include_usage: flag, include_obfuscation: flag })),
    temperature: nullable(number(0, 2)),
    tool_choice: (value, path) =>
      typeof value === 'string' ? oneOf('none', 'auto', 'required')(value, path) : toolChoice(value, path),
    tools: list(tool, 1),
    top_logprobs: nullable(integer(0, 20)),
    top_p: nullable(number(0, 1)),
    user: text,
    verbosity: nullable(oneOf('low', 'medium', 'high')),
    web_search_options: openRecord,
  },
)
