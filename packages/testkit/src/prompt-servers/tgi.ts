import type { Answer } from '../answer/conversation.ts'
import { asObject, asText, asTexts, type JsonObject } from '../json.ts'
import { filledText, flag, integer, list, number, openRecord, record, text } from '../wire/shape.ts'
import type { ChatOperation, Operation } from '../wire/wire.ts'
import { numberIn, promptAsked } from './asked.ts'
import { failureIn, plainError } from './failures.ts'

const shape = record(
  { inputs: text },
  {
    stream: flag,
    parameters: record(
      {},
      {
        adapter_id: text,
        best_of: integer(1),
        decoder_input_details: flag,
        details: flag,
        do_sample: flag,
        frequency_penalty: number(-2, 2),
        grammar: openRecord,
        max_new_tokens: integer(1),
        repetition_penalty: number(0),
        return_full_text: flag,
        seed: integer(0),
        stop: list(filledText),
        temperature: number(0.001),
        top_k: integer(1),
        top_n_tokens: integer(1),
        top_p: number(0.001, 0.999),
        truncate: integer(1),
        typical_p: number(0.001, 0.999),
        watermark: flag,
      },
    ),
  },
)

/**
 * Text Generation Inference: `/generate`, `/generate_stream`, and `/`, which answers a list.
 * https://huggingface.github.io/text-generation-inference/
 */
export function generate(streams: boolean | undefined, asList: boolean): Operation {
  const whole: ChatOperation['whole'] = answer => ({
    generated_text: answer.text,
    details: detailsOf(answer),
  })
  return {
    kind: 'chat',
    read(body, route) {
      shape(body, [])
      const parameters = asObject(body.parameters)
      return promptAsked({
        model: route.model ?? 'tgi',
        stream: streams ?? body.stream === true,
        prompt: asText(body.inputs),
        maxTokens: numberIn(parameters.max_new_tokens) ?? 100,
        stop: asTexts(parameters.stop),
      })
    },
    whole: (answer, asked, sequence) => {
      const reply = whole(answer, asked, sequence)
      return asList ? ([reply] as unknown as JsonObject) : reply
    },
    events: answer => answer.pieces.map((piece, index) => tokenEvent(answer, piece, index)),
    failure: failureIn(plainError),
    failureEvent: failure => ({ ...asObject(failureIn(plainError)(failure).body), error_type: 'generation' }),
  }
}

function tokenEvent(answer: Answer, text: string, index: number): JsonObject {
  const isLast = index === answer.pieces.length - 1
  return {
    index: index + 1,
    token: { id: index, text, logprob: -0.5, special: false },
    generated_text: isLast ? answer.text : null,
    details: isLast ? { ...detailsOf(answer), input_length: answer.tokens.input } : null,
  }
}

function detailsOf({ finish, tokens }: Answer): JsonObject {
  const reasons = { stop: 'eos_token', 'stop-sequence': 'stop_sequence', length: 'length' } as const
  return {
    finish_reason: finish in reasons ? reasons[finish as keyof typeof reasons] : 'eos_token',
    generated_tokens: tokens.output,
    prefill: Array.from({ length: tokens.input }, (_, id) => ({ id, text: '', logprob: null })),
    seed: null,
    tokens: [],
  }
}
