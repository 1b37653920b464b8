import { answerTo } from '../answer/conversation.ts'
import { PromptCache } from '../answer/prompt-cache.ts'
import { asObject, asText, type JsonObject } from '../json.ts'
import type { Job } from '../state/jobs.ts'
import type { WireCall } from '../wire/call.ts'
import { filledText, list, openRecord, record, text } from '../wire/shape.ts'
import type { CallOperation } from '../wire/wire.ts'
import { numberIn, promptAsked } from './asked.ts'
import { failureIn, problemDetails } from './failures.ts'

const shape = record(
  { input: openRecord },
  { version: filledText, webhook: text, webhook_events_filter: list(text) },
)

/** Starts a prediction. https://replicate.com/docs/reference/http#predictions.create */
export const createPrediction: CallOperation = {
  kind: 'call',
  failure: failureIn(problemDetails),
  answer(call) {
    shape(call.body, [])
    const model = call.route.model ?? asText(call.body.version)
    const id = `prediction${call.sequence}`
    const job = call.jobs.start({ id, model, input: asObject(call.body.input) }, call.control)
    return { status: 201, json: written(job, call) }
  },
}

/** Looks at it. https://replicate.com/docs/reference/http#predictions.get */
export const getPrediction: CallOperation = {
  kind: 'call',
  failure: failureIn(problemDetails),
  answer: call => ({ json: written(call.jobs.poll(call.route.params?.id ?? ''), call) }),
}

const statuses: Readonly<Record<Job['state'], string>> = {
  running: 'processing',
  done: 'succeeded',
  failed: 'failed',
  cancelled: 'canceled',
}

function written(job: Job, { origin, control }: WireCall): JsonObject {
  const { id, model, input, state, error } = job
  const url = `${origin}/v1/predictions/${id}`
  const prompt = asText(input.prompt)
  const maxTokens = numberIn(input.max_tokens) ?? numberIn(input.max_new_tokens)
  const asked = promptAsked({ model, stream: false, prompt, ...(maxTokens !== undefined && { maxTokens }) })
  const answer = answerTo(asked, new PromptCache(), control.reply)
  return {
    id,
    model,
    version: 'hidden',
    input,
    status: statuses[state],
    error: error ?? null,
    output: state === 'done' ? answer.pieces : null,
    ...(state === 'done' && {
      metrics: { input_token_count: answer.tokens.input, output_token_count: answer.tokens.output },
    }),
    urls: { get: url, cancel: `${url}/cancel` },
  }
}
