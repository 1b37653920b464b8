import { answerTo } from '../answer/conversation.ts'
import { embeddingOf } from '../answer/embedding.ts'
import { PromptCache } from '../answer/prompt-cache.ts'
import { asObject, asObjects, asText, asTexts, isObject, type JsonObject } from '../json.ts'
import { Failure } from '../wire/failure.ts'
import { anything, filledText, flag, integer, list, oneOf, openRecord, record, text } from '../wire/shape.ts'
import type { CallOperation, Operation } from '../wire/wire.ts'
import { numberIn, promptAsked } from './asked.ts'
import { failureIn, plainError } from './failures.ts'

const generation = record({ text_input: text }, { parameters: openRecord, stream: flag, id: text })

/** The generate extension. https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_generate.md */
export function generate(streams: boolean): Operation {
  return {
    kind: 'chat',
    read(body, route) {
      generation(body, [])
      const parameters = asObject(body.parameters)
      const maxTokens = numberIn(parameters.max_tokens) ?? 16
      const stop = asTexts(parameters.stop_words)
      return promptAsked({
        model: route.model ?? 'triton',
        stream: streams,
        prompt: asText(body.text_input),
        maxTokens,
        stop,
      })
    },
    whole: (answer, { model }) => ({ model_name: model, model_version: '1', text_output: answer.text }),
    events: (answer, { model }) =>
      answer.pieces.map(piece => ({ model_name: model, model_version: '1', text_output: piece })),
    failure: failureIn(plainError),
    failureEvent: failure => failureIn(plainError)(failure).body,
  }
}

const tensors = record(
  {
    inputs: list(
      record({
        name: filledText,
        shape: list(integer(0), 1),
        datatype: oneOf('BYTES', 'INT32', 'FP32', 'BOOL'),
        data: list(anything),
      }),
      1,
    ),
  },
  { id: text, parameters: openRecord, outputs: list(openRecord) },
)

/** The inference protocol: `text_input` is answered, `input_text` embedded. */
export const infer: CallOperation = {
  kind: 'call',
  failure: failureIn(plainError),
  answer({ body, route, control }) {
    tensors(body, [])
    const inputs = new Map(asObjects(body.inputs).map(input => [asText(input.name), input]))
    const embedded = inputs.get('input_text')
    if (embedded) return { json: vectorsOf(asTexts(checked(embedded).data)) }
    const asks = inputs.get('text_input')
    if (!asks) throw new Failure('invalid', { message: 'expected an input "text_input"' })
    const limit: unknown = (inputs.get('max_tokens')?.data as unknown[] | undefined)?.[0]
    const model = route.model ?? 'triton'
    const asked = promptAsked({
      model,
      stream: false,
      prompt: asText(asTexts(checked(asks).data)[0]),
      maxTokens: numberIn(limit) ?? 16,
    })
    const { text: said } = answerTo(asked, new PromptCache(), control.reply)
    const output = { name: 'text_output', datatype: 'BYTES', shape: [1], data: [said] }
    return { json: { model_name: model, model_version: '1', outputs: [output] } }
  },
}

function checked(input: JsonObject): JsonObject {
  const { data, shape } = input
  if (!Array.isArray(data) || !Array.isArray(shape) || !isObject(input) || data.length !== shape[0])
    throw new Failure('invalid', { message: `unexpected shape for input '${asText(input.name)}'` })
  return input
}

function vectorsOf(texts: readonly string[]): JsonObject {
  const vectors = texts.map(one => embeddingOf(one, 8))
  const output = { name: 'embeddings', datatype: 'FP32', shape: [texts.length, 8], data: vectors.flat() }
  return { model_name: 'triton', model_version: '1', outputs: [output] }
}
