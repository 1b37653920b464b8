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
  type Shape,
  tagged,
  text,
  textOr,
  Violation,
} from '../wire/shape.ts'

const cacheControl = nullable(record({ type: oneOf('ephemeral') }, { ttl: oneOf('5m', '1h') }))
const cached = { cache_control: cacheControl }

const textBlock = record({ type: text, text: filledText }, { ...cached, citations: nullable(list(anything)) })
const imageBlock = record(
  {
    type: text,
    source: tagged('type', {
      base64: record({
        type: text,
        media_type: oneOf('image/jpeg', 'image/png', 'image/gif', 'image/webp'),
        data: filledText,
      }),
      url: record({ type: text, url: filledText }),
      file: record({ type: text, file_id: filledText }),
    }),
  },
  { ...cached, transformations: nullable(openRecord) },
)
const documentBlock = record(
  {
    type: text,
    source: tagged('type', {
      base64: record({ type: text, media_type: oneOf('application/pdf'), data: filledText }),
      text: record({ type: text, media_type: oneOf('text/plain'), data: text }),
      content: record({ type: text, content: textOr(list(anything)) }),
      url: record({ type: text, url: filledText }),
      file: record({ type: text, file_id: filledText }),
    }),
  },
  { ...cached, citations: nullable(openRecord), context: nullable(text), title: nullable(text) },
)
const searchResult = record(
  { type: text, source: text, title: text, content: list(textBlock) },
  { ...cached, citations: openRecord },
)
/** https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/implement-tool-use */
const toolUseId: Shape = (value, path) => {
  text(value, path)
  if (!/^[a-zA-Z0-9_-]+$/.test(String(value))) {
    throw new Violation('value', path, "a string that matches the pattern '^[a-zA-Z0-9_-]+$'", value)
  }
}

const toolResult = record(
  { type: text, tool_use_id: toolUseId },
  {
    ...cached,
    is_error: flag,
    toolset_name: nullable(text),
    content: textOr(
      list(
        tagged('type', {
          text: textBlock,
          image: imageBlock,
          document: documentBlock,
          search_result: searchResult,
          tool_reference: openRecord,
        }),
      ),
    ),
  },
)
const userBlocks = {
  text: textBlock,
  image: imageBlock,
  document: documentBlock,
  search_result: searchResult,
  tool_result: toolResult,
  container_upload: openRecord,
}
const assistantBlocks = {
  text: textBlock,
  thinking: record({ type: text, thinking: text, signature: text }),
  redacted_thinking: record({ type: text, data: text }),
  tool_use: record(
    { type: text, id: toolUseId, name: filledText, input: openRecord },
    { ...cached, caller: openRecord, toolset_name: nullable(text) },
  ),
  server_tool_use: openRecord,
  web_search_tool_result: openRecord,
  web_fetch_tool_result: openRecord,
  code_execution_tool_result: openRecord,
  bash_code_execution_tool_result: openRecord,
  text_editor_code_execution_tool_result: openRecord,
  tool_search_tool_result: openRecord,
  container_upload: openRecord,
}
const betaAssistantBlocks = {
  ...assistantBlocks,
  mcp_tool_use: openRecord,
  mcp_tool_result: openRecord,
  mcp_tool_listing: openRecord,
  advisor_tool_result: openRecord,
  compaction: openRecord,
  fallback: openRecord,
}

const message = tagged('role', {
  user: record({ role: text, content: textOr(list(tagged('type', userBlocks), 1)) }),
  assistant: record({ role: text, content: textOr(list(tagged('type', assistantBlocks), 1)) }),
})

const betaMessage = tagged('role', {
  user: record({ role: text, content: textOr(list(tagged('type', userBlocks), 1)) }),
  assistant: record({ role: text, content: textOr(list(tagged('type', betaAssistantBlocks), 1)) }),
})

const customTool = record(
  { name: filledText, input_schema: openRecord },
  {
    ...cached,
    type: nullable(text),
    description: text,
    strict: flag,
    allowed_callers: list(text),
    defer_loading: flag,
    eager_input_streaming: nullable(flag),
    input_examples: list(openRecord),
  },
)
/** Anthropic's own tools (`web_search_20250305` …) carry a dated type and fields of their own. */
const tool: Shape = (value, path) => {
  openRecord(value, path)
  const { type } = value as { type?: unknown }
  if (type === undefined || type === null || type === 'custom') customTool(value, path)
}

const parallel = { disable_parallel_tool_use: flag }
const toolChoice = tagged('type', {
  auto: record({ type: text }, parallel),
  any: record({ type: text }, parallel),
  tool: record({ type: text, name: filledText }, parallel),
  none: record({ type: text }),
})
const display = { display: nullable(oneOf('summarized', 'omitted')) }
const thinking = tagged('type', {
  enabled: record({ type: text, budget_tokens: integer(1024) }, display),
  adaptive: record({ type: text }, display),
  disabled: record({ type: text }),
})
const outputConfig = record(
  {},
  {
    effort: nullable(oneOf('low', 'medium', 'high', 'xhigh', 'max')),
    format: nullable(record({ type: oneOf('json_schema'), schema: openRecord })),
    task_budget: nullable(openRecord),
  },
)

const countable = {
  system: textOr(list(tagged('type', { text: textBlock }))),
  thinking,
  tool_choice: toolChoice,
  tools: list(tool),
  output_config: outputConfig,
  cache_control: cacheControl,
  speed: nullable(oneOf('standard', 'fast')),
  user_profile_id: text,
  workspace_id: text,
}

/** Fields that need an `anthropic-beta` header. */
const beta = {
  context_management: nullable(openRecord),
  mcp_servers: list(openRecord),
  output_format: nullable(record({ type: oneOf('json_schema'), schema: openRecord })),
}

const generated = {
  ...countable,
  container: nullable(textOr(openRecord)),
  diagnostics: nullable(openRecord),
  inference_geo: nullable(text),
  metadata: record({}, { user_id: nullable(text) }),
  service_tier: oneOf('auto', 'standard_only'),
  stop_sequences: list(text),
  stream: flag,
  temperature: number(0, 1),
  top_k: integer(0),
  top_p: number(0, 1),
}

const needed = { model: filledText, messages: list(message, 1) }

/** The body of `POST /v1/messages`, https://docs.anthropic.com/en/api/messages. */
export const messagesShape = record({ ...needed, max_tokens: integer(1) }, generated)
/** The same with the fields a beta header opens. */
export const betaMessagesShape = record(
  { ...needed, messages: list(betaMessage, 1), max_tokens: integer(1) },
  { ...generated, ...beta },
)
/** The body of `POST /v1/messages/count_tokens`. */
export const countTokensShape = record(needed, { ...countable, ...beta })
