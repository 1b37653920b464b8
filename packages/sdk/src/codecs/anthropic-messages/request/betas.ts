import type { ChatRequest } from '../../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { EncodeContext } from './context.ts'

/** Tool types that are still behind a beta, by the start of their name. Others are generally available. */
const TOOL_BETAS: readonly (readonly [string, string])[] = [
  ['computer_20251124', 'computer-use-2025-11-24'],
  ['computer_20250124', 'computer-use-2025-01-24'],
  ['computer_20241022', 'computer-use-2024-10-22'],
  ['code_execution_20250522', 'code-execution-2025-05-22'],
  ['web_fetch_20250910', 'web-fetch-2025-09-10'],
  ['advisor_', 'advisor-tool-2026-03-01'],
]

/**
 * The `anthropic-beta` header a body needs, joined with what the caller (`betas`) and the deployment's own headers
 * ask for. Source: https://platform.claude.com/docs/en/api/beta-headers
 */
export function betaHeaders(
  body: JsonObject,
  request: ChatRequest,
  { betas, traits, info }: EncodeContext,
): Record<string, string> | undefined {
  for (const tool of Array.isArray(body.tools) ? body.tools : []) {
    const type = isJsonObject(tool) && typeof tool.type === 'string' ? tool.type : ''
    const row = TOOL_BETAS.find(([start]) => type.startsWith(start))
    if (row) betas.add(row[1])
  }
  if (Array.isArray(body.mcp_servers)) betas.add('mcp-client-2025-04-04')
  if (isJsonObject(body.container) && Array.isArray(body.container.skills)) betas.add('skills-2025-10-02')
  if (body.speed === 'fast') betas.add('fast-mode-2026-02-01')
  if (isJsonObject(body.context_management)) addContextBetas(body.context_management, betas)
  // Opus 4.5 has efforts but thinks by budget.
  if (isJsonObject(body.output_config) && body.output_config.effort != null && traits.thinking === 'manual')
    betas.add('effort-2025-11-24')
  addListed(request.betas, betas)
  for (const [name, value] of Object.entries(info.deployment.headers ?? {}))
    if (name.toLowerCase() === 'anthropic-beta') addListed(value.split(','), betas)
  return betas.size > 0 ? { 'anthropic-beta': [...betas].join(',') } : undefined
}

function addContextBetas(management: JsonObject, betas: Set<string>): void {
  for (const edit of Array.isArray(management.edits) ? management.edits : [])
    betas.add(
      isJsonObject(edit) && String(edit.type).startsWith('compact_')
        ? 'compact-2026-01-12'
        : 'context-management-2025-06-27',
    )
}

function addListed(list: unknown, betas: Set<string>): void {
  for (const beta of Array.isArray(list) ? list : [])
    if (typeof beta === 'string' && beta.trim() !== '') betas.add(beta.trim())
}
