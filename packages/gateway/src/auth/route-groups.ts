/** Paths of LiteLLM's route groups, the names usable in `allowed_routes`. `{x}` is one segment, `/*` the rest. */
const OPENAI = [
  '/chat/completions',
  '/completions',
  '/embeddings',
  '/engines/{model}/*',
  '/openai/deployments/{model}/*',
  '/images/generations',
  '/images/edits',
  '/images/variations',
  '/videos',
  '/videos/*',
  '/audio/transcriptions',
  '/audio/translations',
  '/audio/speech',
  '/moderations',
  '/batches',
  '/batches/*',
  '/files',
  '/files/*',
  '/fine_tuning/jobs',
  '/fine_tuning/jobs/*',
  '/assistants',
  '/assistants/*',
  '/threads',
  '/threads/*',
  '/models',
  '/models/{model}',
  '/capabilities',
  '/utils/token_counter',
  '/utils/transform_request',
  '/rerank',
  '/v2/rerank',
  '/realtime',
  '/responses',
  '/responses/*',
  '/vector_stores',
  '/vector_stores/*',
  '/search',
  '/search/*',
  '/ocr',
  '/containers/*',
]
const ANTHROPIC = ['/messages', '/messages/count_tokens', '/skills', '/skills/*']
const GOOGLE = ['/v1beta/models/*', '/v1beta/interactions/*']
const CONVERSE = [
  '/model/{model}/converse',
  '/model/{model}/converse-stream',
  '/bedrock/model/{model}/converse',
  '/bedrock/model/{model}/converse-stream',
]
const MCP = ['/mcp', '/mcp/*', '/{server}/mcp', '/mcp-rest/tools/list', '/mcp-rest/tools/call', '/mcp/server']
const AGENT = ['/agents', '/a2a/*', '/.well-known/agent-card.json']
const KEY_INFO = ['/key/info', '/key/health', '/key/list', '/key/aliases', '/v2/key/info']
const INFO = [
  ...KEY_INFO,
  '/team/info',
  '/team/list',
  '/v2/team/list',
  '/organization/list',
  '/team/available',
  '/user/info',
  '/v2/user/info',
  '/model/info',
  '/v2/model/info',
  '/model_group/info',
  '/health',
  '/health/services',
  '/models',
  '/capabilities',
]
const KEY_MANAGEMENT = [
  ...KEY_INFO,
  '/key/generate',
  '/key/update',
  '/key/delete',
  '/key/regenerate',
  '/key/service-account/generate',
  '/key/{key}/regenerate',
  '/key/block',
  '/key/unblock',
  '/key/bulk_update',
  '/key/{key}/reset_spend',
]
const LLM = [...OPENAI, ...ANTHROPIC, ...GOOGLE, ...CONVERSE, ...MCP, ...AGENT, '/feedback']

export const ROUTE_GROUPS: ReadonlyMap<string, readonly string[]> = new Map([
  ['openai_routes', OPENAI],
  ['anthropic_routes', ANTHROPIC],
  ['google_routes', GOOGLE],
  ['mcp_routes', MCP],
  ['agent_routes', AGENT],
  ['llm_api_routes', LLM],
  ['info_routes', INFO],
  ['key_management_routes', KEY_MANAGEMENT],
  ['management_routes', [...KEY_MANAGEMENT, '/user/*', '/team/*', '/model/*']],
  ['spend_tracking_routes', ['/spend/*', '/cost/estimate']],
  ['global_spend_tracking_routes', ['/global/spend', '/global/spend/*']],
])

/** True when `entry` (a group's name, a path, a path above it, or `/path/*`) covers the path; `/v1` is optional. */
export function coversRoute(entry: string, path: string): boolean {
  const patterns = ROUTE_GROUPS.get(entry)
  const short = path.startsWith('/v1/') ? path.slice('/v1'.length) : path
  if (patterns !== undefined) {
    return patterns.some(pattern => matchesPath(pattern, path) || matchesPath(pattern, short))
  }
  if (!entry.startsWith('/')) return false
  const base = entry.startsWith('/v1/') ? entry.slice('/v1'.length) : entry
  return matchesPath(base, short) || matchesPath(`${base.endsWith('/') ? base.slice(0, -1) : base}/*`, short)
}

function matchesPath(pattern: string, path: string): boolean {
  const wanted = pattern.split('/')
  const given = path.split('/')
  for (let i = 0; i < wanted.length; i++) {
    if (wanted[i] === '*' && i === wanted.length - 1) return given.length > i
    if (given[i] === undefined) return false
    if (wanted[i] !== given[i] && !(wanted[i]?.startsWith('{') && given[i] !== '')) return false
  }
  return wanted.length === given.length
}
