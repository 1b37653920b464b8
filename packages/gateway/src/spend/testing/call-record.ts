import type { CallRecord } from 'sluice/internal'

/** A finished call with something in every field. */
export function callRecord(id: string, more: Partial<CallRecord> = {}): CallRecord {
  return {
    id,
    callId: id,
    endpoint: 'chat',
    format: 'openai-chat',
    startedAt: 1_000,
    firstTokenAt: 1_100,
    endedAt: 1_500,
    stream: false,
    requestedModel: 'smart',
    deployment: { id: 'd1', group: 'smart', provider: 'acme', model: 'model-a' },
    attempts: [0, 1, 2].map(n => ({ deploymentId: `d${n}`, startedAt: 1_000 + n, durationMs: 1 })),
    fallbacks: 1,
    status: 'success',
    usage: {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 15,
      prompt_tokens_details: { cached_tokens: 4, cache_creation_tokens: 2 },
    },
    cost: { state: 'known', nanoUsd: 2_500, inputNanoUsd: 1_000, outputNanoUsd: 1_500 },
    upstreamMs: 300,
    warnings: [{ action: 'dropped', param: 'x', reason: 'y' }],
    tags: ['a', 'b', 'a'],
    sessionId: 's',
    endUser: 'customer-1',
    metadata: {},
    caller: { keyHash: 'hash-1', keyAlias: 'billing', userId: 'u', teamId: 't' },
    clientIp: '10.0.0.1',
    ...more,
  }
}
