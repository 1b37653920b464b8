import { type Answer, type Asked, answerTo } from '../answer/conversation.ts'
import { embeddingOf } from '../answer/embedding.ts'
import { asObject, asText, asTexts, type JsonObject } from '../json.ts'
import { chat } from '../openai/chat.ts'
import type { AwsMessage } from '../wire/aws-message.ts'
import type { WireAnswer, WireCall } from '../wire/call.ts'
import { flag, integer, list, number, record, text } from '../wire/shape.ts'
import { dataFrame } from '../wire/sse-frame.ts'
import type { CallOperation } from '../wire/wire.ts'

/** Bytes of one payload part: small, so that events and characters are cut. */
const partBytes = 17

/**
 * `POST /endpoints/{name}/invocations` and `…/invocations-response-stream`: a container that chats when it is sent
 * messages, embeds `text_inputs`, and goes on with `inputs`.
 */
export const invocations: CallOperation = {
  kind: 'call',
  answer(call) {
    const { body } = call
    if (body.messages !== undefined) return chatAnswer(call)
    if (body.text_inputs !== undefined) {
      return { json: { embedding: asTexts(body.text_inputs).map(input => embeddingOf(input, 8)) } }
    }
    return textAnswer(call)
  },
}

function chatAnswer(call: WireCall): WireAnswer {
  const asked = chat.read(call.body, call.route)
  const answer = answerTo(asked, call.state.prompts, call.control.reply)
  if (!call.route.stream) return { json: chat.whole(answer, asked, call.sequence) }
  const events = chat.events(answer, asked, call.sequence).map(dataFrame).join('')
  return { events: parts(events) }
}

const shape = record(
  { inputs: text },
  {
    stream: flag,
    parameters: record(
      {},
      {
        max_new_tokens: integer(1),
        temperature: number(0.000001),
        top_p: number(0, 1),
        top_k: integer(1),
        seed: integer(),
        best_of: integer(1),
        stop: list(text),
      },
    ),
  },
)

function textAnswer(call: WireCall): WireAnswer {
  shape(call.body, [])
  const asked = readInputs(call.body, call)
  const answer = answerTo(asked, call.state.prompts, call.control.reply)
  if (call.route.stream) return { events: parts(tokens(answer).map(dataFrame).join('')) }
  return { json: [{ generated_text: asked.promptText + answer.text, details: detailsOf(answer) }] }
}

function readInputs(body: JsonObject, { model, route }: WireCall): Asked {
  const inputs = asText(body.inputs)
  const { max_new_tokens: limit, stop } = asObject(body.parameters)
  return {
    model,
    stream: route.stream === true,
    promptText: inputs,
    lastUserText: inputs,
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

function detailsOf({ finish, tokens }: Answer): JsonObject {
  return {
    finish_reason: finish === 'length' ? 'length' : 'eos_token',
    generated_tokens: tokens.output,
    input_length: tokens.input,
  }
}

/** Text Generation Inference's events: https://huggingface.github.io/text-generation-inference/ */
function tokens(answer: Answer): JsonObject[] {
  return [
    ...answer.pieces.map((piece, id) => ({
      token: { id, text: piece, special: false },
      generated_text: null,
    })),
    {
      token: { id: 2, text: '</s>', special: true },
      generated_text: answer.text,
      details: detailsOf(answer),
    },
  ]
}

function parts(stream: string): AwsMessage[] {
  const bytes = Buffer.from(stream)
  const cut: AwsMessage[] = []
  for (let at = 0; at < bytes.length; at += partBytes)
    cut.push({ type: 'PayloadPart', data: bytes.subarray(at, at + partBytes) })
  return cut
}
