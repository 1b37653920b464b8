import { thinkingSwitch } from '../compatible/thinking-switch.ts'
import { type CompatibleRow, MAX_TOKENS } from '../compatible.ts'
import type { ErrorRule } from '../provider.ts'

/** Business codes of the body. Source: https://docs.z.ai/api-reference/api-code */
const errors: readonly ErrorRule[] = [
  ...['1000', '1001', '1002', '1003', '1004'].map(code => ({ kind: 'authentication', code }) as const),
  ...['1110', '1111', '1112', '1121'].map(code => ({ kind: 'permission', code }) as const),
  ...['1113', '1309', '1308', '1310'].map(code => ({ kind: 'insufficient_quota', code }) as const),
  ...['1302', '1303', '1304'].map(code => ({ kind: 'rate_limit', code }) as const),
  { kind: 'unavailable', code: '1305' },
  { kind: 'unavailable', code: '1312' },
  { kind: 'content_policy', code: '1301' },
  { kind: 'context_window', code: '1261' },
  { kind: 'not_found', code: '1211' },
]

/** Source: https://docs.z.ai/api-reference/llm/chat-completion */
export const ZAI = {
  title: 'Z.AI',
  docs: 'https://docs.z.ai/api-reference/llm/chat-completion',
  baseUrl: 'https://api.z.ai/api/paas/v4',
  baseUrlEnv: ['ZAI_API_BASE'],
  env: ['ZAI_API_KEY'],
  chat: {
    developerRole: false,
    thinking: true,
    keeps: ['reasoning_content'],
    // https://docs.z.ai/guides/capabilities/struct-output
    schemaInWords: () => true,
    // A finish reason may say that the answer broke off.
    relays: false,
    adjust: thinkingSwitch({ takesEffort: false }),
  },
  params: {
    ...MAX_TOKENS,
    n: 'refuse',
    logit_bias: 'refuse',
    user: 'drop',
    tool_choice: { only: ['auto'] },
    temperature: { min: 0, max: 1 },
  },
  errors,
  exampleModels: ['glm-4.6', 'glm-4.5-air'],
} as const satisfies CompatibleRow
