import type { SpendRow } from '../../packages/gateway/src/db/rows.ts'

/** A company of some size: who calls what, and how often each is seen. */
const COMPANY = {
  keys: 1_000,
  teams: 100,
  users: 500,
  customers: 5_000,
  models: 12,
  tags: 40,
  agents: 10,
} as const
const DAY_MS = 86_400_000

/** Call `n` of `day`: the same numbers give the same call. Few keys make most calls, as they do. */
export function callOf(day: number, n: number, perDay: number, firstDay: number): SpendRow {
  const dice = diceOf(day * 7_919 + n)
  // Squaring a share makes the first ones frequent: a tenth of the keys makes a third of the calls.
  const key = Math.floor(dice() ** 2 * COMPANY.keys)
  const model = (key + Math.floor(dice() * 3)) % COMPANY.models
  const prompt = 50 + Math.floor(dice() * 4_000)
  const completion = 10 + Math.floor(dice() * 800)
  const startTime = firstDay + day * DAY_MS + Math.floor(((n % perDay) / perDay) * (DAY_MS - 600_000))
  const failed = dice() < 0.02
  return {
    ...{ requestId: `call-${day}-${n}-${key}`, callType: dice() < 0.1 ? 'aembedding' : 'acompletion' },
    ...{ apiKey: `hash-of-key-${key}`.padEnd(64, '0'), keyAlias: `service-${key}` },
    ...{ userId: `user-${key % COMPANY.users}`, teamId: `team-${key % COMPANY.teams}` },
    ...{
      organizationId: `org-${key % 5}`,
      projectId: null,
      endUser: dice() < 0.5 ? `customer-${customerOf(key, dice)}` : null,
    },
    ...{ model: `model-${model}`, modelGroup: `group-${model}`, modelId: `deployment-${model}` },
    ...{ provider: `provider-${model % 4}`, apiBase: 'https://vendor.example/v1' },
    spendNanoUsd: failed ? 0 : dice() < 0.001 ? null : prompt * 300 + completion * 1_500,
    ...{ totalTokens: prompt + completion, promptTokens: prompt, completionTokens: completion },
    ...{ cacheReadTokens: 0, cacheWriteTokens: 0 },
    ...{ startTime, endTime: startTime + 900, completionStartTime: startTime + 200 },
    ...{ status: failed ? 'failure' : 'success', stream: true, cacheHit: false },
    requestTags: [`feature-${key % COMPANY.tags}`, 'User-Agent: OpenAI', 'User-Agent: OpenAI/JS 6.1.0'],
    metadata: { status: failed ? 'failure' : 'success', attempted_retries: 0, upstream_time_ms: 880 },
    ...{
      requesterIp: '10.0.0.1',
      sessionId: `session-${day}-${Math.floor(n / 5)}`,
      callId: null,
      traceId: null,
    },
    ...{ messages: {}, response: {} },
    ...(dice() < 0.1 && { agentId: `agent-${key % COMPANY.agents}` }),
  }
}

/** A customer is somebody's: each key has five. */
function customerOf(key: number, dice: () => number): number {
  return (key * 5 + Math.floor(dice() * 5)) % COMPANY.customers
}

/** Numbers from 0 to 1 that a seed gives in one order. */
function diceOf(seed: number): () => number {
  let state = Math.imul(seed + 1, 2_654_435_761)
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 374_761_393) >>> 0
    return state / 2 ** 32
  }
}
