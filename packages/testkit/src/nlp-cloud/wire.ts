import { answerTo } from '../answer/conversation.ts'
import { plainAsked } from '../answer/plain-asked.ts'
import { asText } from '../json.ts'
import { openaiErrorBody, openaiFailure } from '../openai/failures.ts'
import { filledText, flag, integer, number, record, text } from '../wire/shape.ts'
import { keyIn } from '../wire/small-wire.ts'
import type { CallOperation, Wire } from '../wire/wire.ts'

const shape = record(
  { text: filledText },
  {
    max_length: integer(1),
    end_sequence: text,
    remove_input: flag,
    remove_end_sequence: flag,
    num_return_sequences: integer(1),
    temperature: number(0, 1.5),
    top_p: number(0, 1),
    top_k: integer(0, 1_000),
    repetition_penalty: number(0),
  },
)

/** https://docs.nlpcloud.com/#generation */
const generation: CallOperation = {
  kind: 'call',
  answer({ body, model, state, control }) {
    shape(body, [])
    const limit = body.max_length
    const asked = plainAsked({
      model,
      stream: false,
      text: asText(body.text),
      maxTokens: typeof limit === 'number' ? limit : undefined,
    })
    const { text: said, tokens } = answerTo(asked, state.prompts, control.reply)
    const whole = body.remove_input === true ? said : `${asText(body.text)}${said}`
    return {
      json: { generated_text: whole, nb_input_tokens: tokens.input, nb_generated_tokens: tokens.output },
    }
  },
}

/** NLP Cloud's text generation. */
export const nlpCloud: Wire = {
  name: 'nlp-cloud',
  prefixed: true,
  basePath: '/v1/gpu',
  route({ method, path }) {
    const model = method === 'POST' ? /^\/v1\/gpu\/([^/]+)\/generation$/.exec(path)?.[1] : undefined
    return model === undefined ? undefined : { operation: generation, model: decodeURIComponent(model) }
  },
  credential: keyIn('authorization', 'Token '),
  headers: sequence => ({ 'x-request-id': `testkit-${sequence}` }),
  failure(failure) {
    const { status, headers } = openaiFailure(failure)
    return { status, ...(headers && { headers }), body: { detail: openaiErrorBody(failure).message } }
  },
  failureEvent: failure => ({ detail: openaiErrorBody(failure).message }),
}
