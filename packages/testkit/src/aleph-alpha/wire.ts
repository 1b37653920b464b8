import type { Answer } from '../answer/conversation.ts'
import { plainAsked } from '../answer/plain-asked.ts'
import { asText, asTexts, type JsonObject } from '../json.ts'
import { openaiErrorBody, openaiFailure } from '../openai/failures.ts'
import { bearerOf } from '../openai/wire.ts'
import { filledText, flag, integer, list, nullable, number, record, text } from '../wire/shape.ts'
import type { ChatOperation, Wire } from '../wire/wire.ts'

const shape = record(
  { model: filledText, prompt: text },
  {
    maximum_tokens: nullable(integer(1)),
    temperature: number(0),
    top_k: integer(0),
    top_p: number(0, 1),
    presence_penalty: number(),
    frequency_penalty: number(),
    best_of: integer(1),
    n: integer(1),
    log_probs: integer(0),
    stop_sequences: list(text),
    echo: flag,
    stream: flag,
  },
)

const reasons = {
  stop: 'end_of_text',
  'stop-sequence': 'stop_sequence_reached',
  length: 'maximum_tokens',
  tools: 'end_of_text',
  'content-filter': 'end_of_text',
}

function counts({ tokens }: Answer): JsonObject {
  return { num_tokens_prompt_total: tokens.input, num_tokens_generated: tokens.output }
}

/** `POST /complete`, https://docs.aleph-alpha.com/api/complete/. */
const complete: ChatOperation = {
  kind: 'chat',
  read(body) {
    shape(body, [])
    return plainAsked({
      model: asText(body.model),
      stream: body.stream === true,
      text: asText(body.prompt),
      maxTokens: typeof body.maximum_tokens === 'number' ? body.maximum_tokens : undefined,
      stop: asTexts(body.stop_sequences),
    })
  },
  whole: answer => ({
    model_version: '2026-01',
    completions: [{ completion: answer.text, finish_reason: reasons[answer.finish] }],
    ...counts(answer),
  }),
  events: answer => [
    ...answer.pieces.map(completion => ({ type: 'stream_chunk', index: 0, completion })),
    { type: 'stream_summary', index: 0, finish_reason: reasons[answer.finish], model_version: '2026-01' },
    { type: 'completion_summary', ...counts(answer) },
    'data: [DONE]\n\n',
  ],
}

/** Aleph Alpha's completions. */
export const alephAlpha: Wire = {
  name: 'aleph-alpha',
  prefixed: true,
  route: ({ method, path }) =>
    method === 'POST' && path === '/complete' ? { operation: complete } : undefined,
  credential: bearerOf,
  headers: () => ({}),
  failure(failure) {
    const { status, headers } = openaiFailure(failure)
    const { message, code } = openaiErrorBody(failure)
    return { status, ...(headers && { headers }), body: { error: message, code: String(code).toUpperCase() } }
  },
  failureEvent: failure => ({ error: openaiErrorBody(failure).message }),
  sample: (prompt, model) => ({ path: '/complete', body: { model, prompt, stream: true } }),
}
