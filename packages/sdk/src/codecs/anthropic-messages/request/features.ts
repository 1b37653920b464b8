import type { ChatRequest } from '../../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../../types/json.ts'
import { betasFor, betasHeardBy, type ClaudeFeature } from './betas.ts'
import type { EncodeContext } from './context.ts'

/** Tool types by the start of their name; the first that fits. */
const TOOL_FEATURES: readonly (readonly [string, ClaudeFeature])[] = [
  ['computer_20251124', 'computer_20251124'],
  ['computer_20250124', 'computer_20250124'],
  ['computer_20241022', 'computer_20241022'],
  ['bash_20241022', 'computer_20241022'],
  ['text_editor_20241022', 'computer_20241022'],
  ['code_execution_20250522', 'code_execution_20250522'],
  ['code_execution_', 'code_execution'],
  ['web_fetch_20250910', 'web_fetch_20250910'],
  ['web_fetch_', 'web_fetch'],
  ['web_search_', 'web_search'],
  ['tool_search_tool_', 'tool_search'],
  ['memory_', 'memory'],
  ['advisor_', 'advisor'],
  ['mcp_toolset', 'mcp_toolset'],
]

/** Fields of a tool that are a feature of their own. */
const TOOL_FIELDS = ['allowed_callers', 'eager_input_streaming', 'input_examples'] as const

/** Top-level fields that are a feature of their own. */
const BODY_FIELDS: readonly (readonly [string, ClaudeFeature])[] = [
  ['compaction', 'compaction_request'],
  ['diagnostics', 'cache_diagnosis'],
  ['fallback_credit_token', 'fallback_credit'],
  ['fallbacks', 'fallbacks'],
  ['output_format', 'output_format'],
  ['thread', 'thread'],
]

/** Content blocks that are a feature of their own. */
export const BLOCK_FEATURES: Readonly<Record<string, ClaudeFeature>> = {
  container_upload: 'files',
  tool_addition: 'tool_changes',
  tool_removal: 'tool_changes',
}

/** The betas a body needs at the platform it goes to, joined with those the caller and the deployment ask for. */
export function betasOf(body: JsonObject, request: ChatRequest, context: EncodeContext): string[] {
  const { features, platform, info } = context
  const warn = info.warn.bind(info)
  for (const tool of isJsonArray(body.tools) ? body.tools : [])
    if (isJsonObject(tool)) addTool(tool, features)
  if (isJsonArray(body.mcp_servers) && !features.has('mcp_toolset')) features.add('mcp')
  if (isJsonObject(body.container) && isJsonArray(body.container.skills)) features.add('skills')
  if (body.speed === 'fast') features.add('fast_mode')
  for (const [field, feature] of BODY_FIELDS) if (body[field] != null) features.add(feature)
  if (isJsonObject(body.context_management)) addEdits(body.context_management, features)
  if (isJsonObject(body.output_config)) addOutput(body.output_config, context)
  if (isJsonObject(body.thinking)) addThinking(body.thinking, features)
  const asked = [...listed(request.betas), ...ofDeployment(context)]
  return [...new Set([...betasFor(platform, features, warn), ...betasHeardBy(platform, asked, warn)])]
}

function addTool(tool: JsonObject, features: Set<ClaudeFeature>): void {
  const { type } = tool
  if (typeof type === 'string') {
    const row = TOOL_FEATURES.find(([start]) => type.startsWith(start))
    if (row) features.add(row[1])
  }
  for (const field of TOOL_FIELDS) if (tool[field] != null && tool[field] !== false) features.add(field)
}

function addEdits(management: JsonObject, features: Set<ClaudeFeature>): void {
  for (const edit of isJsonArray(management.edits) ? management.edits : [])
    features.add(
      isJsonObject(edit) && String(edit.type).startsWith('compact_') ? 'compact' : 'context_management',
    )
}

function addOutput(config: JsonObject, { features, traits }: EncodeContext): void {
  // Opus 4.5 has efforts but thinks by budget.
  if (config.effort != null && traits.thinking === 'manual') features.add('effort')
  if (config.task_budget != null) features.add('task_budget')
}

function addThinking(thinking: JsonObject, features: Set<ClaudeFeature>): void {
  if (isJsonObject(thinking.block_binding)) features.add('thinking_binding')
  if (thinking.display === 'updates') features.add('thinking_updates')
}

function ofDeployment({ info }: EncodeContext): string[] {
  const headers = Object.entries(info.deployment.headers ?? {})
  return headers.flatMap(([name, value]) =>
    name.toLowerCase() === 'anthropic-beta' ? listed(value.split(',')) : [],
  )
}

function listed(list: unknown): string[] {
  const words: unknown[] = Array.isArray(list) ? list : []
  return words.filter(word => typeof word === 'string' && word.trim() !== '').map(word => String(word).trim())
}
