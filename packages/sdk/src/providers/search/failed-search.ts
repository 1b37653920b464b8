import type { CallInfo } from '../../codecs/codec.ts'
import { createError } from '../../errors.ts'

/** The error of a search that the vendor refused inside an answer of status 200. */
export function failedSearch(reason: string, info: CallInfo) {
  return createError({
    kind: 'bad_gateway',
    message: `The search failed: ${reason || 'no reason given'}`,
    provider: info.deployment.provider,
    model: info.model,
  })
}
