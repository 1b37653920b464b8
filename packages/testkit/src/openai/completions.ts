import { type Answer, type Asked, answerTo } from '../answer/conversation.ts'
import { countTokens, piecesOf } from '../answer/tokens.ts'
import { asObject, asTexts, type JsonObject } from '../json.ts'
import type { WireCall } from '../wire/call.ts'
import {
  filledText,
  flag,
  integer,
  list,
  nullable,
  number,
  openRecord,
  record,
  type Shape,
  text,
  textOr,
  Violation,
} from '../wire/shape.ts'
import type { CallOperation } from '../wire/wire.ts'
import { createdAt } from './chat.ts'

const prompt: Shape = (value, path) => {
  if (typeof value === 'string') return
  if (!Array.isArray(value)) throw new Violation('type', path, 'string or array', value)
  const first: unknown = value[0]
  list(typeof first === 'string' ? text : typeof first === 'number' ? integer(0) : list(integer(0), 1), 1)(
    value,
    path,
  )
}

const shape = record(
  { model: filledText, prompt },
  {
    best_of: nullable(integer(0, 20)),
    echo: nullable(flag),
    frequency_penalty: nullable(number(-2, 2)),
    logit_bias: nullable(openRecord),
    logprobs: nullable(integer(0, 5)),
    max_tokens: nullable(integer(0)),
    n: nullable(integer(1, 128)),
    presence_penalty: nullable(number(-2, 2)),
    seed: nullable(integer()),
    stop: nullable(textOr(list(text))),
    stream: nullable(flag),
    stream_options: nullable(record({}, { include_usage: flag, include_obfuscation: flag })),
    suffix: nullable(text),
    temperature: nullable(number(0, 2)),
    top_p: nullable(number(0, 1)),
    user: text,
  },
)

/** `POST /v1/completions`, https://platform.openai.com/docs/api-reference/completions/create. */
export const completions: CallOperation = {
  kind: 'call',
  answer(call) {
    shape(call.body, [])
    const prompts = promptsOf(call.body.prompt)
    const asked = askedOf(call, prompts)
    const answer = answerTo(asked, call.state.prompts, call.control.reply)
    const texts = prompts.flatMap(one => Array<string>(asked.count).fill(call.body.echo === true ? one : ''))
    return call.stream ? { events: eventsOf(call, answer, texts) } : { json: wholeOf(call, answer, texts) }
  },
}

function promptsOf(value: unknown): string[] {
  if (!Array.isArray(value) || typeof value[0] === 'string') return asTexts(value)
  if (typeof value[0] === 'number') return [value.join(' ')]
  return value.map(one => (Array.isArray(one) ? one.join(' ') : ''))
}

function askedOf({ body, model, stream }: WireCall, prompts: readonly string[]): Asked {
  const said = prompts.join(' ')
  return {
    model,
    stream,
    promptText: said,
    lastUserText: said,
    imageBytes: [],
    toolResults: [],
    tools: [],
    toolChoice: 'none',
    parallelTools: false,
    thinking: false,
    maxTokens: typeof body.max_tokens === 'number' ? body.max_tokens : 16,
    stop: asTexts(body.stop),
    count: typeof body.n === 'number' ? body.n : 1,
  }
}

function envelope({ model, sequence }: WireCall): JsonObject {
  return { id: `cmpl-testkit${sequence}`, object: 'text_completion', created: createdAt, model }
}

function finishOf(answer: Answer): string {
  return answer.finish === 'length'
    ? 'length'
    : answer.finish === 'content-filter'
      ? 'content_filter'
      : 'stop'
}

/** `echoes`: for each choice what stands before the answer. */
function wholeOf(call: WireCall, answer: Answer, echoes: readonly string[]): JsonObject {
  return {
    ...envelope(call),
    choices: echoes.map((echo, index) => ({
      index,
      text: echo + answer.text,
      logprobs: typeof call.body.logprobs === 'number' ? logprobsOf(echo + answer.text) : null,
      finish_reason: finishOf(answer),
    })),
    usage: usageOf(answer, echoes.length),
  }
}

function logprobsOf(said: string): JsonObject {
  const tokens = piecesOf(said)
  let at = 0
  const text_offset = tokens.map(token => {
    at += token.length
    return at - token.length
  })
  return {
    tokens,
    text_offset,
    token_logprobs: tokens.map(() => -0.5),
    top_logprobs: tokens.map(token => ({ [token]: -0.5 })),
  }
}

function usageOf({ tokens, text: said }: Answer, choices: number): JsonObject {
  const completion = tokens.output + (choices - 1) * countTokens(said)
  return {
    prompt_tokens: tokens.input,
    completion_tokens: completion,
    total_tokens: tokens.input + completion,
  }
}

function eventsOf(call: WireCall, answer: Answer, echoes: readonly string[]): unknown[] {
  const includeUsage = asObject(call.body.stream_options).include_usage === true
  const withLogprobs = typeof call.body.logprobs === 'number'
  const chunk = (index: number, said: string, finish: string | null): JsonObject => ({
    ...envelope(call),
    choices: [{ index, text: said, logprobs: withLogprobs ? logprobsOf(said) : null, finish_reason: finish }],
    ...(includeUsage && { usage: null }),
  })
  const events: unknown[] = echoes.flatMap((echo, index) => [
    ...(echo === '' ? [] : [chunk(index, echo, null)]),
    ...answer.pieces.map(piece => chunk(index, piece, null)),
    chunk(index, '', finishOf(answer)),
  ])
  if (includeUsage) events.push({ ...envelope(call), choices: [], usage: usageOf(answer, echoes.length) })
  return [...events, 'data: [DONE]\n\n']
}
