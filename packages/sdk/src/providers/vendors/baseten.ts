import type { Deployment } from '../../types/deployment.ts'
import type { CompatibleRow } from '../compatible.ts'

/** A dedicated model's id; Model APIs have names such as `deepseek-ai/DeepSeek-V3.1`. */
const DEDICATED = /^[a-z0-9]{8}$/

/** Model APIs share an address, a dedicated deployment has its own. Source: https://docs.baseten.co/inference/calling-your-model */
export const BASETEN = {
  title: 'Baseten',
  docs: 'https://docs.baseten.co/inference/model-apis/overview',
  baseUrl: ({ model }: Deployment) =>
    DEDICATED.test(model)
      ? `https://model-${model}.api.baseten.co/environments/production/sync/v1`
      : 'https://inference.baseten.co/v1',
  baseUrlEnv: ['BASETEN_API_BASE'],
  env: ['BASETEN_API_KEY'],
} as const satisfies CompatibleRow
