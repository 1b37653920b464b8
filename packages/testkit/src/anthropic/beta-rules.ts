import { asObject, asObjects, asText, isObject, type JsonObject } from '../json.ts'
import { Failure } from '../wire/failure.ts'

/** Anthropic's own tools, by the dated types the API knows: https://platform.claude.com/docs/en/agents-and-tools */
const hostedTools = new Set([
  'advisor_20260301',
  'bash_20241022',
  'bash_20250124',
  'browser_toolset_20260801',
  'code_execution_20250522',
  'code_execution_20250825',
  'code_execution_20260120',
  'code_execution_20260521',
  'computer_20241022',
  'computer_20250124',
  'computer_20251124',
  'computer_toolset_20260801',
  'mcp_toolset',
  'memory_20250818',
  'text_editor_20241022',
  'text_editor_20250124',
  'text_editor_20250429',
  'text_editor_20250728',
  'tool_search_tool_bm25_20251119',
  'tool_search_tool_regex_20251119',
  'web_fetch_20250910',
  'web_fetch_20260209',
  'web_fetch_20260309',
  'web_fetch_20260318',
  'web_search_20250305',
  'web_search_20260209',
  'web_search_20260318',
])

/** The beta without which a hosted tool is not known. */
const toolBetas = new Map([
  ['advisor_20260301', 'advisor-tool-2026-03-01'],
  ['bash_20241022', 'computer-use-2024-10-22'],
  ['code_execution_20250522', 'code-execution-2025-05-22'],
  ['computer_20241022', 'computer-use-2024-10-22'],
  ['computer_20250124', 'computer-use-2025-01-24'],
  ['computer_20251124', 'computer-use-2025-11-24'],
  ['mcp_toolset', 'mcp-client-2025-11-20'],
  ['text_editor_20241022', 'computer-use-2024-10-22'],
])

/** Checks that hosted tools exist, and that what is in beta was asked for. Throws `Failure`. */
export function checkBetas(body: JsonObject, header: string): void {
  const betas = new Set(header.split(',').map(beta => beta.trim()))
  const need = (field: string, ...any: readonly string[]) => {
    if (!any.some(beta => betas.has(beta))) refuse(`${field}: Extra inputs are not permitted`)
  }
  for (const [index, tool] of asObjects(body.tools).entries()) {
    const type = asText(tool.type)
    if (type === '' || type === 'custom') continue
    const beta = toolBetas.get(type)
    if (!hostedTools.has(type) || (beta !== undefined && !betas.has(beta)))
      refuse(
        `tools.${index}: Input tag '${type}' found using 'type' does not match any of the expected tags: ${[...hostedTools].map(known => `'${known}'`).join(', ')}`,
      )
    if (type !== 'mcp_toolset' && !asText(tool.name)) refuse(`tools.${index}.${type}.name: Field required`)
  }
  if (body.mcp_servers !== undefined) need('mcp_servers', 'mcp-client-2025-04-04', 'mcp-client-2025-11-20')
  if (body.output_format) need('output_format', 'structured-outputs-2025-11-13')
  if (isObject(body.container) && body.container.skills) need('container.skills', 'skills-2025-10-02')
  if (body.speed === 'fast') need('speed', 'fast-mode-2026-02-01')
  for (const edit of asObjects(asObject(body.context_management).edits)) {
    const isCompaction = asText(edit.type).startsWith('compact_')
    need('context_management', isCompaction ? 'compact-2026-01-12' : 'context-management-2025-06-27')
  }
  for (const { content } of asObjects(body.messages))
    for (const block of asObjects(content))
      if (asObject(block.source).type === 'file') need('messages.source.file', 'files-api-2025-04-14')
}

const unsupported = ['minimum', 'maximum', 'minLength', 'maxLength', 'multipleOf', 'maxItems', 'uniqueItems']

/** What structured output refuses: https://platform.claude.com/docs/en/build-with-claude/structured-outputs */
export function checkOutputSchema(body: JsonObject): void {
  const format = asObject(asObject(body.output_config).format ?? body.output_format)
  if (format.type === 'json_schema') checkSchema(format.schema)
}

function checkSchema(schema: unknown): void {
  if (Array.isArray(schema)) return schema.forEach(checkSchema)
  if (!isObject(schema)) return
  const type = asText(schema.type)
  if (type === 'object' && schema.additionalProperties !== false)
    refuse(
      "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
    )
  const keyword = unsupported.find(name => name in schema)
  if (keyword !== undefined)
    refuse(`output_config.format.schema: For '${type}' type, property '${keyword}' is not supported`)
  for (const key of ['items', 'anyOf', 'allOf']) checkSchema(schema[key])
  for (const key of ['properties', '$defs', 'definitions'])
    for (const child of Object.values(asObject(schema[key]))) checkSchema(child)
}

function refuse(message: string): never {
  throw new Failure('invalid', { message })
}
