import { badRequest } from '../../errors.ts'
import type { EmbeddingRequest } from '../../types/embedding.ts'
import type { CallInfo } from '../codec.ts'

/** What is to be embedded, as a list of texts. Throws `BadRequestError` for tokens; `who` takes them not. */
export function embeddedTexts(input: unknown, who: string): string[] {
  const list: unknown[] = Array.isArray(input) ? (input as unknown[]) : [input]
  return list.map((text, index) => {
    if (typeof text === 'string') return text
    const path = Array.isArray(input) ? `input[${index}]` : 'input'
    throw badRequest(`${path}: ${who} embeds text, not tokens. Send the text itself.`, path)
  })
}

/** The receipt for `input_type`, which says what texts are embedded for, where models do not ask. */
export function warnOfInputType(
  { input_type: type }: EmbeddingRequest,
  { warn }: Pick<CallInfo, 'warn'>,
): void {
  if (type != null)
    warn({ action: 'dropped', param: 'input_type', reason: 'these models embed every text alike' })
}
