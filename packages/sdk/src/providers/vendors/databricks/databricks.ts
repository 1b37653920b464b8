import { type CompatibleRow, MAX_TOKENS } from '../../compatible.ts'
import type { Provider } from '../../provider.ts'
import { adjustForClaude, isClaude, settleParts } from './databricks-claude.ts'
import { databricksCredentials } from './databricks-credentials.ts'

const credentials = databricksCredentials()

const modelParams: NonNullable<Provider['modelParams']> = (model, at) => {
  if (!isClaude(at?.deployment.baseModel ?? model)) return undefined
  const format = at?.request.response_format as { type?: unknown } | null | undefined
  return {
    n: 'refuse',
    ...(format?.type === 'json_object' && { response_format: 'refuse' }),
  }
}

/** Source: https://docs.databricks.com/aws/en/machine-learning/foundation-model-apis/api-reference */
export const DATABRICKS = {
  title: 'Databricks',
  docs: 'https://docs.databricks.com/aws/en/machine-learning/foundation-model-apis/api-reference',
  baseUrlEnv: ['DATABRICKS_API_BASE'],
  env: credentials.env,
  credentials,
  embeddings: true,
  chat: {
    keeps: ['cache_control', 'thinking_blocks'],
    thinking: true,
    developerRole: false,
    adjust: adjustForClaude,
    settle: settleParts,
  },
  params: {
    ...MAX_TOKENS,
    seed: 'refuse',
    logit_bias: 'refuse',
    presence_penalty: 'refuse',
    frequency_penalty: 'refuse',
    parallel_tool_calls: 'refuse',
    user: 'drop',
  },
  modelParams,
  errors: [
    { kind: 'not_found', code: 'ENDPOINT_NOT_FOUND' },
    { kind: 'not_found', code: 'RESOURCE_DOES_NOT_EXIST' },
    { kind: 'rate_limit', code: 'REQUEST_LIMIT_EXCEEDED' },
    { kind: 'permission', code: 'PERMISSION_DENIED' },
    { kind: 'unavailable', code: 'TEMPORARILY_UNAVAILABLE' },
    {
      kind: 'context_window',
      status: 400,
      message: /exceeds? (the )?(model's )?(maximum|context)|too long/i,
    },
  ],
  exampleModels: ['databricks-claude-sonnet-4-5', 'databricks-gpt-oss-120b', 'databricks-gte-large-en'],
} as const satisfies CompatibleRow
