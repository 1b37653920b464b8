import type { CallRecord } from 'sluice/internal'

/** A finished call. */
export const record = {
  status: 'success',
  usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 },
  cost: { state: 'known', nanoUsd: 300, inputNanoUsd: 100, outputNanoUsd: 200 },
} as CallRecord
