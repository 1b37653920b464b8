import type { CompatibleRow } from '../compatible.ts'
import type { PathAt } from '../provider.ts'

const GATEWAY = '/genai/llmgw/chat/completions'

/** The LLM gateway below the API's address; a deployment of one's own is addressed whole. */
function path({ base = '' }: PathAt): string {
  if (base.includes('/deployments/')) return '/chat/completions'
  return base.endsWith('/api/v2') ? GATEWAY : `/api/v2${GATEWAY}`
}

/** Source: https://docs.datarobot.com/en/docs/agentic-ai/genai-code/dr-llm-gateway.html */
export const DATAROBOT = {
  title: 'DataRobot LLM gateway',
  docs: 'https://docs.datarobot.com/en/docs/agentic-ai/genai-code/dr-llm-gateway.html',
  baseUrl: 'https://app.datarobot.com/api/v2',
  baseUrlEnv: ['DATAROBOT_ENDPOINT', 'DATAROBOT_API_BASE'],
  env: ['DATAROBOT_API_TOKEN', 'DATAROBOT_API_KEY'],
  path,
  forwards: true,
} as const satisfies CompatibleRow
