import type { CompatibleRow } from '../compatible.ts'

/**
 * Serverless models have one address; an agent has its own (`https://….agents.do-ai.run`), given as `api_base` or in the environment.
 * Source: https://docs.digitalocean.com/products/gradient-ai-platform/how-to/use-agents/
 */
export const GRADIENT_AI = {
  title: 'DigitalOcean Gradient AI',
  docs: 'https://docs.digitalocean.com/products/gradient-ai-platform/',
  baseUrl: 'https://inference.do-ai.run/v1',
  baseUrlEnv: ['GRADIENT_AI_AGENT_ENDPOINT'],
  env: ['GRADIENT_AI_API_KEY'],
  path: ({ base = '' }) =>
    base.includes('.agents.do-ai.run') && !base.endsWith('/api/v1')
      ? '/api/v1/chat/completions'
      : '/chat/completions',
} as const satisfies CompatibleRow
