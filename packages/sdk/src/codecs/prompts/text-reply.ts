import type { TextChoice, TextCompletionResponse } from '../../types/text-completion.ts'
import type { Usage } from '../../types/usage.ts'
import type { CallInfo } from '../codec.ts'

/** A text completion, or one event of its stream, of a provider that has no ids and no times of its own. */
export function textReply(
  info: CallInfo,
  choices: readonly (Pick<TextChoice, 'text' | 'finish_reason'> & Partial<TextChoice>)[],
  usage?: Usage,
): TextCompletionResponse {
  return {
    id: info.id,
    object: 'text_completion',
    created: Math.floor(info.now / 1000),
    model: info.model,
    choices: choices.map((choice, index) => ({ index, logprobs: null, ...choice })),
    ...(usage && { usage }),
  }
}
