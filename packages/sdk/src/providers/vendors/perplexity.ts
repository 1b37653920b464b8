import { citations } from '../../codecs/openai-chat/settle/citations.ts'
import { thinkTags } from '../../codecs/openai-chat/settle/think-tags.ts'
import { openaiEmbeddingsWith } from '../../codecs/openai-embeddings/codec.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import { type CompatibleRow, MAX_TOKENS } from '../compatible.ts'
import type { ErrorRule } from '../provider.ts'

/** `usage.cost` comes in parts; the total is what is charged. Source: https://docs.perplexity.ai/getting-started/pricing */
function settleCost({ usage }: JsonObject): void {
  if (!isJsonObject(usage) || !isJsonObject(usage.cost)) return
  const { total_cost: total } = usage.cost
  usage.cost_details = usage.cost
  if (typeof total === 'number') usage.cost = total
  else delete usage.cost
}

/** An empty account is answered with the status of a wrong key. */
const errors: readonly ErrorRule[] = [
  { kind: 'insufficient_quota', status: 401, code: 'insufficient_quota' },
  { kind: 'not_found', status: 400, code: 'invalid_model' },
]

/** Source: https://docs.perplexity.ai/api-reference/chat-completions-post */
export const PERPLEXITY = {
  title: 'Perplexity',
  docs: 'https://docs.perplexity.ai/api-reference/chat-completions-post',
  baseUrl: 'https://api.perplexity.ai',
  baseUrlEnv: ['PERPLEXITY_API_BASE'],
  env: ['PERPLEXITYAI_API_KEY', 'PERPLEXITY_API_KEY'],
  chat: {
    developerRole: false,
    settle() {
      const settleThinking = thinkTags()
      const settleCitations = citations()
      return reply => {
        settleCost(reply)
        settleThinking(reply)
        settleCitations(reply)
      }
    },
  },
  endpoints: {
    // Numbers from -128 to 127: https://docs.perplexity.ai/docs/embeddings/best-practices
    embedding: [
      {
        codec: openaiEmbeddingsWith({ tokens: false, encodingFormat: false, signedBytes: true }),
        path: '/v1/embeddings',
      },
    ],
  },
  params: {
    ...MAX_TOKENS,
    tools: 'refuse',
    tool_choice: 'refuse',
    parallel_tool_calls: 'refuse',
    n: 'refuse',
    logit_bias: 'refuse',
    logprobs: 'refuse',
    top_logprobs: 'refuse',
    seed: 'refuse',
  },
  modelParams: model => (/^sonar(-pro)?$/.test(model) ? { reasoning_effort: 'refuse' } : undefined),
  errors,
  reportsCost: true,
  exampleModels: ['sonar-pro', 'sonar', 'sonar-reasoning-pro'],
} as const satisfies CompatibleRow
