import type { Answer } from '../answer/conversation.ts'
import { embeddingOf } from '../answer/embedding.ts'
import { countTokens } from '../answer/tokens.ts'
import { asObject, asObjects, asText, asTexts, type JsonObject } from '../json.ts'
import { chat as openaiChat } from '../openai/chat.ts'
import { Failure } from '../wire/failure.ts'
import { filledText, list, openRecord, record, text } from '../wire/shape.ts'
import type { CallOperation, ChatOperation, Operation, Route } from '../wire/wire.ts'
import { numberIn, promptAsked } from './asked.ts'
import { errorList, failureIn } from './failures.ts'

/** IBM's frames are numbered and named. */
function frame(event: unknown): string {
  return `id: 1\nevent: message\ndata: ${JSON.stringify(event)}\n\n`
}
const own = {
  failure: failureIn(errorList),
  failureEvent: (failure: Failure) => failureIn(errorList)(failure).body,
  frame,
}

/** A model needs a project or a space; a deployment has both. */
function checkPlace(body: JsonObject, { params }: Route): void {
  if (params?.deployment !== undefined) return
  if (asText(body.model_id) === '') throw new Failure('invalid', { message: 'model_id is required' })
  if (asText(body.project_id) === '' && asText(body.space_id) === '')
    throw new Failure('invalid', { message: 'One of project_id or space_id is required' })
}

/** `/text/chat` and `/text/chat_stream`: OpenAI's shape, with IBM's name for the model. https://cloud.ibm.com/apidocs/watsonx-ai */
export function chat(stream: boolean): Operation {
  return {
    ...openaiChat,
    ...own,
    read(body, route) {
      checkPlace(body, route)
      const { model_id: model, project_id: _, space_id: _space, tool_choice_option: choice, ...rest } = body
      if ('stream' in body || 'stream_options' in body || 'model' in body)
        throw new Failure('invalid', { message: 'stream, stream_options and model are no fields here' })
      const asked = openaiChat.read(
        {
          ...rest,
          model: asText(model) || 'deployed',
          ...(choice !== undefined && { tool_choice: choice }),
          ...(stream && { stream, stream_options: { include_usage: true } }),
        },
        route,
      )
      return asked
    },
    events: (answer, asked, sequence) =>
      openaiChat
        .events(answer, asked, sequence)
        .filter(event => typeof event !== 'string')
        .map(named),
    whole: (answer, asked, sequence) => named(openaiChat.whole(answer, asked, sequence)),
  } satisfies ChatOperation
}

function named(reply: unknown): JsonObject {
  const { model, ...rest } = asObject(reply)
  return { ...rest, model_id: model }
}

const prompt = record(
  { input: text },
  {
    model_id: filledText,
    project_id: filledText,
    space_id: filledText,
    parameters: openRecord,
    moderations: openRecord,
  },
)

export function generation(stream: boolean): Operation {
  return {
    kind: 'chat',
    ...own,
    read(body, route) {
      prompt(body, [])
      checkPlace(body, route)
      const parameters = asObject(body.parameters)
      return promptAsked({
        model: asText(body.model_id),
        stream,
        prompt: asText(body.input),
        maxTokens: numberIn(parameters.max_new_tokens) ?? 20,
        stop: asTexts(parameters.stop_sequences),
      })
    },
    whole: answer => ({ results: [resultOf(answer, answer.text, answer.tokens.output, true)] }),
    events: answer =>
      answer.pieces.map((piece, index) => ({
        results: [resultOf(answer, piece, index + 1, index === answer.pieces.length - 1)],
      })),
  }
}

function resultOf({ finish, tokens }: Answer, said: string, written: number, ends: boolean): JsonObject {
  return {
    generated_text: said,
    generated_token_count: written,
    input_token_count: written <= 1 || ends ? tokens.input : 0,
    stop_reason: ends ? (finish === 'length' ? 'max_tokens' : 'eos_token') : 'not_finished',
  }
}

export const embeddings: CallOperation = {
  kind: 'call',
  failure: failureIn(errorList),
  answer({ body, route }) {
    record(
      { inputs: list(text, 1) },
      { model_id: filledText, project_id: filledText, space_id: filledText, parameters: openRecord },
    )(body, [])
    checkPlace(body, route)
    const inputs = asTexts(body.inputs)
    return {
      json: {
        model_id: body.model_id,
        results: inputs.map(one => ({ embedding: embeddingOf(one, 8) })),
        input_token_count: inputs.reduce((sum, one) => sum + countTokens(one), 0),
      },
    }
  },
}

export const rerank: CallOperation = {
  kind: 'call',
  failure: failureIn(errorList),
  answer({ body, route }) {
    checkPlace(body, route)
    const words = asText(body.query).split(' ')
    const texts = asObjects(body.inputs).map(input => asText(input.text))
    const results = texts.map((one, index) => ({
      index,
      score: words.filter(word => one.includes(word)).length,
    }))
    return { json: { model_id: body.model_id, results, input_token_count: texts.length } }
  },
}
