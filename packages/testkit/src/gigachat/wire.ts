import type { Answer } from '../answer/conversation.ts'
import { embeddingOf } from '../answer/embedding.ts'
import { countTokens } from '../answer/tokens.ts'
import { asObjects, asText, asTexts, isObject, type JsonObject } from '../json.ts'
import { openaiErrorBody, openaiFailure } from '../openai/failures.ts'
import { bearerOf } from '../openai/wire.ts'
import { mint, needed } from '../tokens/mint.ts'
import { badKey } from '../wire/bad-key.ts'
import { Failure } from '../wire/failure.ts'
import {
  filledText,
  flag,
  integer,
  list,
  number,
  oneOf,
  openRecord,
  record,
  tagged,
  text,
  textOr,
  Violation,
} from '../wire/shape.ts'
import type { CallOperation, ChatOperation, Head, PlainOperation, Shown, Wire } from '../wire/wire.ts'

const call = record({ name: filledText, arguments: openRecord })
const message = tagged('role', {
  system: record({ role: text, content: text }),
  user: record({ role: text, content: text }, { attachments: list(text, 1) }),
  assistant: record({ role: text, content: text }, { function_call: call, functions_state_id: text }),
  function: record({ role: text, content: text, name: filledText }),
})
const described = record({ name: filledText, parameters: openRecord }, { description: text })
const positive = (value: unknown, path: readonly (string | number)[]) => {
  number(0, 2)(value, path)
  if (value === 0) throw new Violation('value', path, 'a value above 0', value)
}

const shape = record(
  { model: filledText, messages: list(message, 1) },
  {
    functions: list(described, 1),
    function_call: (value, path) =>
      isObject(value) ? record({ name: filledText })(value, path) : oneOf('auto', 'none')(value, path),
    temperature: positive,
    top_p: number(0, 1),
    max_tokens: integer(1),
    repetition_penalty: number(0),
    stream: flag,
    update_interval: number(0),
  },
)

/** `POST /api/v1/chat/completions`, https://developers.sber.ru/docs/ru/gigachat/api/reference/rest/post-chat. */
const chat: ChatOperation = {
  kind: 'chat',
  read(body) {
    shape(body, [])
    const messages = asObjects(body.messages)
    if (messages.slice(1).some(({ role }) => role === 'system'))
      throw new Failure('invalid', {
        status: 422,
        message: 'Invalid params: system message must be the first message',
      })
    const choice = body.function_call
    return {
      model: asText(body.model),
      stream: body.stream === true,
      promptText: messages
        .map(({ content }) => asText(content))
        .filter(Boolean)
        .join('\n'),
      lastUserText: asText(messages.findLast(({ role }) => role === 'user')?.content),
      imageBytes: [],
      toolResults: messages.at(-1)?.role === 'function' ? [asText(messages.at(-1)?.content)] : [],
      tools: asObjects(body.functions).map(({ name, parameters }) => ({
        name: asText(name),
        schema: parameters,
      })),
      toolChoice: isObject(choice) ? { name: asText(choice.name) } : choice === 'none' ? 'none' : 'auto',
      parallelTools: false,
      thinking: false,
      maxTokens: typeof body.max_tokens === 'number' ? body.max_tokens : undefined,
      stop: [],
      count: 1,
    }
  },
  whole: (answer, { model }) => ({
    choices: [{ message: messageOf(answer), index: 0, finish_reason: finishes[answer.finish] }],
    created: 1_760_434_636,
    model: `${model}:2.0.28.2`,
    object: 'chat.completion',
    usage: usageOf(answer),
  }),
  events(answer, { model }) {
    const event = (delta: JsonObject, more: JsonObject = {}, last: JsonObject = {}) => ({
      choices: [{ delta, index: 0, ...more }],
      created: 1_760_434_636,
      model: `${model}:2.0.28.2`,
      object: 'chat.completion',
      ...last,
    })
    const calls = answer.toolCalls.length > 0 ? [event(messageOf(answer))] : []
    return [
      ...answer.pieces.map(content => event({ content, role: 'assistant' })),
      ...calls,
      event({ content: '' }, { finish_reason: finishes[answer.finish] }, { usage: usageOf(answer) }),
      'data: [DONE]\n\n',
    ]
  },
}

const finishes = {
  stop: 'stop',
  'stop-sequence': 'stop',
  length: 'length',
  tools: 'function_call',
  'content-filter': 'blacklist',
}

function messageOf({ text: content, toolCalls }: Answer): JsonObject {
  const [first] = toolCalls
  return {
    content,
    role: 'assistant',
    ...(first && {
      function_call: { name: first.name, arguments: first.arguments },
      functions_state_id: '0199e210-2f13-744c-8fe5-c9a19fe27db7',
    }),
  }
}

function usageOf({ tokens }: Answer): JsonObject {
  return {
    prompt_tokens: tokens.input,
    completion_tokens: tokens.output,
    total_tokens: tokens.input + tokens.output,
    precached_prompt_tokens: 0,
  }
}

const embedShape = record({ model: filledText, input: textOr(list(text, 1)) })

const embed: PlainOperation = {
  kind: 'plain',
  reply(body) {
    embedShape(body, [])
    return {
      object: 'list',
      data: asTexts(body.input).map((input, index) => ({
        object: 'embedding',
        embedding: embeddingOf(input, 1_024),
        index,
        usage: { prompt_tokens: countTokens(input) },
      })),
      model: body.model,
    }
  },
}

/** https://developers.sber.ru/docs/ru/gigachat/api/reference/rest/post-token */
const token: CallOperation = {
  kind: 'call',
  takes: ['urlencoded'],
  answer(call) {
    if (!/^[0-9a-f-]{36}$/.test(asText(call.head.headers.rquid)))
      throw new Failure('invalid', { message: 'RqUID must be a UUID.' })
    const scope = needed(call, 'scope')
    const { minted } = mint(call, { issuer: 'oauth', subject: 'gigachat', scope, prefix: 'gigachat-' })
    return { json: { access_token: minted.token, expires_at: minted.expiresAt } }
  },
}

const TOKEN = '/api/v2/oauth'

function basicOf({ headers }: Head): string | undefined {
  const [scheme, key] = (headers.authorization ?? '').split(' ')
  return scheme === 'Basic' && key ? key : undefined
}

function authorize({ head, state }: Shown): void {
  if (head.path !== TOKEN && state.tokens.find(bearerOf(head))?.subject !== 'gigachat')
    throw new Failure('unauthorized')
}

/** GigaChat: tokens, chat and embeddings. The authorization key may be anything but the bad one. */
export const gigachat: Wire = {
  name: 'gigachat',
  prefixed: true,
  basePath: '/api/v1',
  route({ method, path }) {
    if (method !== 'POST') return undefined
    if (path === TOKEN) return { operation: token }
    if (path === '/api/v1/chat/completions') return { operation: chat }
    return path === '/api/v1/embeddings' ? { operation: embed } : undefined
  },
  credential: head => (head.path === TOKEN ? basicOf(head) : bearerOf(head)),
  authorize,
  headers: sequence => ({ 'x-request-id': `testkit-${sequence}` }),
  failure: failure => {
    const { status, headers } = openaiFailure(failure)
    const { violation } = failure.facts
    const shown = violation ? 422 : status
    const told = asText(openaiErrorBody(failure).message)
    const message = violation ? `Invalid params: ${told}` : told
    return {
      status: shown,
      ...(headers && { headers }),
      body: { status: shown, message: message.replaceAll(badKey, '***') },
    }
  },
  failureEvent: failure => ({ error: { message: openaiErrorBody(failure).message } }),
}
