import type { Warning } from '../../../types/warning.ts'

/** Who serves Claude. Each has its own set of betas; `azure` is Microsoft Foundry. */
export type ClaudePlatform = 'anthropic' | 'azure' | 'bedrock' | 'vertex'

/** How a feature is asked for at each platform: by a beta, by nothing (`open`), or not at all (`none`). */
type Row = Readonly<Record<ClaudePlatform, string>>

const OPEN = 'open'
const NONE = 'none'

function everywhere(beta: string): Row {
  return { anthropic: beta, azure: beta, bedrock: beta, vertex: beta }
}

/** For what only the platforms with Anthropic's own infrastructure have. */
function hosted(beta: string): Row {
  return { anthropic: beta, azure: beta, bedrock: NONE, vertex: NONE }
}

function anthropicOnly(beta: string): Row {
  return { anthropic: beta, azure: NONE, bedrock: NONE, vertex: NONE }
}

const ADVANCED = 'advanced-tool-use-2025-11-20'
const TOOL_SEARCH = 'tool-search-tool-2025-10-19'
const TOOL_EXAMPLES = 'tool-examples-2025-10-29'
const CODE_EXECUTION = 'code-execution-2025-08-25'
const CONTEXT = 'context-management-2025-06-27'
const FINE_GRAINED = 'fine-grained-tool-streaming-2025-05-14'

/**
 * Features of a request and the beta that opens each, by platform.
 * Source: https://platform.claude.com/docs/en/api/beta-headers and the page of each feature.
 */
const FEATURES = {
  advisor: anthropicOnly('advisor-tool-2026-03-01'),
  allowed_callers: { ...hosted(ADVANCED), anthropic: OPEN },
  cache_diagnosis: anthropicOnly('cache-diagnosis-2026-04-07'),
  code_execution: { ...hosted(CODE_EXECUTION), anthropic: OPEN },
  code_execution_20250522: hosted('code-execution-2025-05-22'),
  compact: everywhere('compact-2026-01-12'),
  compaction_request: everywhere('compact-2026-09-04'),
  computer_20241022: everywhere('computer-use-2024-10-22'),
  computer_20250124: everywhere('computer-use-2025-01-24'),
  computer_20251124: everywhere('computer-use-2025-11-24'),
  context_management: everywhere(CONTEXT),
  effort: everywhere('effort-2025-11-24'),
  eager_input_streaming: { anthropic: OPEN, azure: OPEN, bedrock: FINE_GRAINED, vertex: OPEN },
  fallback_credit: everywhere('fallback-credit-2026-07-01'),
  fallbacks: everywhere('server-side-fallback-2026-07-01'),
  fast_mode: anthropicOnly('fast-mode-2026-02-01'),
  files: hosted('files-api-2025-04-14'),
  input_examples: { anthropic: OPEN, azure: ADVANCED, bedrock: TOOL_EXAMPLES, vertex: TOOL_EXAMPLES },
  mcp: hosted('mcp-client-2025-04-04'),
  mcp_toolset: hosted('mcp-client-2025-11-20'),
  memory: { ...everywhere(CONTEXT), anthropic: OPEN },
  output_format: everywhere('structured-outputs-2025-11-13'),
  skills: hosted('skills-2025-10-02'),
  task_budget: everywhere('task-budgets-2026-03-13'),
  thinking_binding: everywhere('thinking-binding-controls-2026-08-01'),
  thinking_updates: everywhere('thinking-display-updates-2026-08-18'),
  thread: anthropicOnly('message-threads-2026-08-12'),
  tool_changes: everywhere('mid-conversation-tool-changes-2026-07-01'),
  tool_search: { anthropic: OPEN, azure: ADVANCED, bedrock: TOOL_SEARCH, vertex: TOOL_SEARCH },
  web_fetch: { ...hosted('web-fetch-2025-09-10'), anthropic: OPEN },
  web_fetch_20250910: hosted('web-fetch-2025-09-10'),
  web_search: { anthropic: OPEN, azure: OPEN, bedrock: NONE, vertex: 'web-search-2025-03-05' },
} as const satisfies Readonly<Record<string, Row>>

/** What a request uses that some platform hides behind a beta. */
export type ClaudeFeature = keyof typeof FEATURES

/**
 * The values of `anthropic-beta` that open `features` at `platform`. What the platform does not offer opens nothing and
 * is recorded: it then refuses the field itself, in its own words.
 */
export function betasFor(
  platform: ClaudePlatform,
  features: Iterable<ClaudeFeature>,
  warn?: (warning: Warning) => void,
): string[] {
  const betas = new Set<string>()
  for (const feature of features) {
    const beta: string = FEATURES[feature][platform]
    if (beta === NONE)
      warn?.({
        action: 'ignored',
        param: feature,
        reason: `Claude on ${platform} has no such feature; use another platform`,
      })
    else if (beta !== OPEN) betas.add(beta)
  }
  return [...betas]
}

/** Betas that change behaviour without a field of the request, and who knows them. Callers ask for them by name. */
const BARE: Readonly<Record<string, Row>> = {
  'context-1m-2025-08-07': everywhere('context-1m-2025-08-07'),
  [FINE_GRAINED]: everywhere(FINE_GRAINED),
  'interleaved-thinking-2025-05-14': everywhere('interleaved-thinking-2025-05-14'),
  'mid-conversation-output-config-2026-07-01': everywhere('mid-conversation-output-config-2026-07-01'),
  'output-128k-2025-02-19': everywhere('output-128k-2025-02-19'),
  'token-efficient-tools-2025-02-19': everywhere('token-efficient-tools-2025-02-19'),
  [ADVANCED]: { ...hosted(ADVANCED), bedrock: TOOL_SEARCH, vertex: TOOL_SEARCH },
}

const KNOWN: ReadonlyMap<string, Row> = new Map([
  ...Object.values(FEATURES).flatMap((row: Row) => namesOf(row).map(name => [name, row] as const)),
  ...Object.entries(BARE),
])

function namesOf(row: Row): string[] {
  return [...new Set(Object.values(row))].filter(name => name !== OPEN && name !== NONE)
}

/** Bedrock and Vertex AI refuse a whole request for one beta that they do not know. */
const REFUSES_UNKNOWN: ReadonlySet<ClaudePlatform> = new Set(['bedrock', 'vertex'])

/** A caller's own betas in the platform's names; those it does not know are left out and recorded. */
export function betasHeardBy(
  platform: ClaudePlatform,
  asked: readonly string[],
  warn?: (warning: Warning) => void,
): string[] {
  if (platform === 'anthropic') return [...asked]
  const heard = new Set<string>()
  for (const beta of asked) {
    const row = KNOWN.get(beta)
    const name = row?.[platform]
    if (row === undefined ? !REFUSES_UNKNOWN.has(platform) : name !== NONE && name !== OPEN)
      heard.add(name ?? beta)
    else if (name !== OPEN)
      warn?.({ action: 'dropped', param: `betas.${beta}`, reason: `Claude on ${platform} does not know it` })
  }
  return [...heard]
}
