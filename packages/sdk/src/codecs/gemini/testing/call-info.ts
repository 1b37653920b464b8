import type { Warning } from '../../../types/warning.ts'
import type { CallInfo, InboundInfo } from '../../codec.ts'

/** What the upstream half is told of a call in tests; warnings collect. */
export function upstreamInfo(model = 'gemini-2.5-flash'): CallInfo & { warnings: Warning[] } {
  const warnings: Warning[] = []
  return {
    id: 'c1',
    now: 1_700_000_000_000,
    model,
    stream: false,
    deployment: { id: 'd', group: 'g', provider: 'gemini', model },
    warn: warning => warnings.push(warning),
    warnings,
  }
}

/** What the inbound half is told in tests; Gemini's path names the model. */
export function clientInfo(model = 'gemini-2.5-flash'): InboundInfo & { warnings: Warning[] } {
  const warnings: Warning[] = []
  return { id: 'c1', now: 1_700_000_000_000, model, warn: warning => warnings.push(warning), warnings }
}
