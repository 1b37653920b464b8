import type { CallRecord } from 'sluice/internal'
import type { Claim, LimitSubject, TokenType } from '../limiter.ts'

/** Tokens by the way they are counted: both kinds together, and each. */
export interface TokenAmounts {
  readonly tokens: number
  readonly input: number
  readonly output: number
}

/** What a claim may use at most. */
export function tokensOf({
  tokens,
  inputTokens = tokens,
  tokenType,
}: Pick<Claim, 'tokens' | 'inputTokens' | 'tokenType'>): TokenAmounts {
  const input = Math.min(inputTokens, tokens)
  return byType({ tokens, input, output: tokens - input }, tokenType)
}

/** `tokens` are those that `tpm_limit` counts. */
function byType(amounts: TokenAmounts, type: TokenType = 'total'): TokenAmounts {
  return type === 'total' ? amounts : { ...amounts, tokens: amounts[type] }
}

/** What one subject's windows are asked for: one larger than a whole limit takes all of it, and so runs alone. */
export function tokensToTake(subject: LimitSubject, amounts: TokenAmounts): TokenAmounts {
  return {
    tokens: subject.tpm === undefined ? 0 : Math.min(amounts.tokens, subject.tpm),
    input: subject.inputTpm === undefined ? 0 : Math.min(amounts.input, subject.inputTpm),
    output: subject.outputTpm === undefined ? 0 : Math.min(amounts.output, subject.outputTpm),
  }
}

/** Undefined keeps the estimate: a success whose usage nobody knows. A failure without usage used nothing. */
export function tokensUsed({ usage, status }: CallRecord, { tokenType }: Claim): TokenAmounts | undefined {
  const total = usage?.total_tokens
  if (total === undefined || !Number.isFinite(total)) return status === 'success' ? undefined : NOTHING
  const output = Math.min(whole(usage?.completion_tokens), whole(total))
  const input = Math.max(whole(usage?.prompt_tokens), whole(total) - output)
  return byType({ tokens: whole(total), input, output }, tokenType)
}

const NOTHING: TokenAmounts = { tokens: 0, input: 0, output: 0 }

function whole(count: number | undefined): number {
  return count !== undefined && Number.isFinite(count) ? Math.max(0, count) : 0
}
