import { isJsonObject } from 'sluice/internal'
import type { NewSpendRow } from '../db/rows.ts'

/** What a row of an older release may lack. */
const DEFAULTS: Omit<NewSpendRow, 'requestId' | 'startTime'> = {
  callType: '',
  apiKey: '',
  keyAlias: null,
  userId: null,
  teamId: null,
  organizationId: null,
  projectId: null,
  endUser: null,
  model: '',
  modelGroup: '',
  modelId: null,
  provider: null,
  apiBase: null,
  spendNanoUsd: null,
  totalTokens: 0,
  promptTokens: 0,
  completionTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  endTime: 0,
  completionStartTime: null,
  status: 'failure',
  stream: false,
  cacheHit: false,
  requestTags: [],
  metadata: {},
  requesterIp: null,
  sessionId: null,
  callId: null,
  traceId: null,
  messages: {},
  response: {},
}

/** A row back from the journal, or undefined when it is none. */
export function readSpendRow(json: string): NewSpendRow | undefined {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return undefined
  }
  if (!isJsonObject(value)) return undefined
  const { requestId, startTime } = value
  if (typeof requestId !== 'string' || requestId === '' || typeof startTime !== 'number') return undefined
  return { ...DEFAULTS, ...value, requestId, startTime }
}
