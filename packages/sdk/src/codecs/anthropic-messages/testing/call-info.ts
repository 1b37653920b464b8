import type { Warning } from '../../../types/warning.ts'
import type { CallInfo, InboundInfo } from '../../codec.ts'

export interface TestInfo extends CallInfo {
  readonly warnings: Warning[]
}

/** What a codec is told of a call, for tests; warnings collect in `warnings`. */
export function testInfo(model = 'claude-sonnet-4-5', over: Partial<CallInfo> = {}): TestInfo {
  const warnings: Warning[] = []
  return {
    id: 'call-1',
    now: 1_700_000_000_000,
    model,
    stream: false,
    deployment: { id: 'd', group: 'g', provider: 'anthropic', model },
    maxOutputTokens: 64_000,
    warn: warning => warnings.push(warning),
    warnings,
    ...over,
  }
}

export function inboundInfo(): InboundInfo & { warnings: Warning[] } {
  const warnings: Warning[] = []
  return { id: 'call-1', now: 1_700_000_000_000, warn: warning => warnings.push(warning), warnings }
}
