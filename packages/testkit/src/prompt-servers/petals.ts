import { answerTo } from '../answer/conversation.ts'
import { PromptCache } from '../answer/prompt-cache.ts'
import { asText } from '../json.ts'
import type { CallOperation } from '../wire/wire.ts'
import { promptAsked } from './asked.ts'
import { failureIn, plainError } from './failures.ts'

/** A form in; failures are answers that are not `ok`. https://github.com/petals-infra/chat.petals.dev#http-api */
export const generate: CallOperation = {
  kind: 'call',
  takes: ['urlencoded'],
  failure: failureIn(plainError),
  answer({ body, control }) {
    const prompt = asText(body.inputs)
    if (asText(body.model) === '' || prompt === '') {
      const traceback = 'Traceback (most recent call last):\n  File "app.py", line 1\nKeyError: model'
      return { json: { ok: false, traceback } }
    }
    const maxTokens = Number(body.max_new_tokens)
    const asked = promptAsked({ model: asText(body.model), stream: false, prompt, maxTokens })
    return { json: { ok: true, outputs: answerTo(asked, new PromptCache(), control.reply).text } }
  },
}
