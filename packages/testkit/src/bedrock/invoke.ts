import type { Answer, Asked } from '../answer/conversation.ts'
import { messagesOperation } from '../anthropic/messages.ts'
import { asObject, asText, asTexts, type JsonObject } from '../json.ts'
import { chat as openaiChat } from '../openai/chat.ts'
import type { AwsMessage } from '../wire/aws-message.ts'
import { Failure } from '../wire/failure.ts'
import { filledText, integer, list, number, record, type Shape } from '../wire/shape.ts'
import type { ChatOperation, Route } from '../wire/wire.ts'
import { converseEvents, readConverse, wholeReply } from './converse.ts'

/** The body of a model by its maker, `POST /model/{id}/invoke` and `…/invoke-with-response-stream`. */
export function invokeOperation(model: string): ChatOperation | undefined {
  if (model.includes('claude')) return claude
  if (model.includes('nova')) return nova
  if (model.includes('titan')) return titan
  if (model.includes('llama')) return llama
  if (model.includes('gpt-oss')) return openai
  return undefined
}

/** Every event of the maker's stream lies in a `chunk`, as base64; the last one counts. */
function chunks(events: readonly unknown[], { tokens }: Answer): AwsMessage[] {
  const metrics = { inputTokenCount: tokens.input, outputTokenCount: tokens.output }
  const last = events.length - 1
  return events.map((event, index) => {
    const said = index === last ? { ...asObject(event), 'amazon-bedrock-invocationMetrics': metrics } : event
    return { type: 'chunk', data: { bytes: Buffer.from(JSON.stringify(said)).toString('base64'), p: 'abcd' } }
  })
}

const messages = messagesOperation(true)

const claude: ChatOperation = {
  ...messages,
  read(body, route) {
    const { anthropic_version: version, anthropic_beta: _, ...rest } = body
    if (version !== 'bedrock-2023-05-31') refuse('anthropic_version: Field required')
    for (const key of ['model', 'stream']) {
      if (rest[key] !== undefined) refuse(`${key}: Extra inputs are not permitted`)
    }
    const asked = messages.read({ ...rest, model: route.model ?? '', stream: route.stream === true }, route)
    return asked
  },
  events: (answer, asked, sequence) => chunks(messages.events(answer, asked, sequence), answer),
}

function refuse(message: string): never {
  throw new Failure('invalid', { message: `Malformed input request: ${message}` })
}

const nova: ChatOperation = {
  kind: 'chat',
  read(body, route) {
    const config = asObject(body.inferenceConfig)
    record(
      {},
      {
        maxTokens: integer(1),
        max_new_tokens: integer(1),
        temperature: number(0, 1),
        topP: number(0, 1),
        topK: integer(0),
        stopSequences: list(filledText),
      },
    )(config, ['inferenceConfig'])
    return readConverse(body, route)
  },
  whole: answer => wholeReply(answer),
  events: (answer, asked) =>
    chunks(
      converseEvents(answer, asked).map(({ type, data }) => ({ [type]: data })),
      answer,
    ),
}

/** A body that is a prompt and settings. */
function prompted(
  shape: Shape,
  read: (body: JsonObject) => { prompt: string; limit: unknown; stop?: unknown },
  whole: (answer: Answer) => JsonObject,
  pieces: (answer: Answer) => JsonObject[],
): ChatOperation {
  return {
    kind: 'chat',
    read(body, route) {
      shape(body, [])
      const { prompt, limit, stop } = read(body)
      return askedOf(prompt, limit, stop, route)
    },
    whole,
    events: answer => chunks(pieces(answer), answer),
  }
}

function askedOf(prompt: string, limit: unknown, stop: unknown, route: Route): Asked {
  return {
    model: route.model ?? '',
    stream: route.stream === true,
    promptText: prompt,
    lastUserText: prompt.split('\n').findLast(line => line.trim() !== '' && !line.includes('<|')) ?? '',
    imageBytes: [],
    toolResults: [],
    tools: [],
    toolChoice: 'auto',
    parallelTools: false,
    thinking: false,
    maxTokens: typeof limit === 'number' ? limit : undefined,
    stop: asTexts(stop),
    count: 1,
  }
}

const llama = prompted(
  record({ prompt: filledText }, { max_gen_len: integer(1), temperature: number(0, 1), top_p: number(0, 1) }),
  body => {
    const turn =
      asText(body.prompt)
        .match(/user<\|end_header_id\|>\n\n([^<]*)<\|eot_id\|>/g)
        ?.at(-1) ?? ''
    return {
      prompt: turn.slice(turn.indexOf('\n\n') + 2, turn.lastIndexOf('<|eot_id|>')),
      limit: body.max_gen_len,
    }
  },
  ({ text, finish, tokens }) => ({
    generation: text,
    prompt_token_count: tokens.input,
    generation_token_count: tokens.output,
    stop_reason: finish === 'length' ? 'length' : 'stop',
  }),
  ({ pieces, tokens }) => [
    ...pieces.map(generation => ({ generation, stop_reason: null })),
    {
      generation: '',
      prompt_token_count: tokens.input,
      generation_token_count: tokens.output,
      stop_reason: 'stop',
    },
  ],
)

const titan = prompted(
  record(
    { inputText: filledText },
    {
      textGenerationConfig: record(
        {},
        {
          maxTokenCount: integer(1),
          temperature: number(0, 1),
          topP: number(0, 1),
          stopSequences: list(filledText),
        },
      ),
    },
  ),
  body => {
    const config = asObject(body.textGenerationConfig)
    const turn = asText(body.inputText).split('User: ').at(-1) ?? ''
    return {
      prompt: turn.split('\nBot:')[0]?.trim() ?? '',
      limit: config.maxTokenCount,
      stop: config.stopSequences,
    }
  },
  ({ text, finish, tokens }) => ({
    inputTextTokenCount: tokens.input,
    results: [
      {
        tokenCount: tokens.output,
        outputText: text,
        completionReason: finish === 'length' ? 'LENGTH' : 'FINISH',
      },
    ],
  }),
  ({ pieces, tokens }) => [
    ...pieces.map((outputText, index) => ({ outputText, index, completionReason: null })),
    {
      outputText: '',
      completionReason: 'FINISH',
      inputTextTokenCount: tokens.input,
      totalOutputTextTokenCount: tokens.output,
    },
  ],
)

const openai: ChatOperation = {
  ...openaiChat,
  read: (body, route) =>
    openaiChat.read(
      {
        ...body,
        model: route.model ?? '',
        ...(route.stream === true && { stream: true, stream_options: { include_usage: true } }),
      },
      route,
    ),
  events: (answer, asked, sequence) =>
    chunks(
      openaiChat.events(answer, asked, sequence).flatMap(event => (typeof event === 'string' ? [] : [event])),
      answer,
    ),
}
