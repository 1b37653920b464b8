import { countTokens } from '../answer/tokens.ts'
import { asText, asTexts, type JsonObject } from '../json.ts'
import { Failure } from '../wire/failure.ts'
import { filledText, flag, integer, list, number, record, text } from '../wire/shape.ts'
import type { ChatOperation } from '../wire/wire.ts'

const shape = record(
  { model: filledText, prompt: filledText, max_tokens_to_sample: integer(1) },
  {
    stop_sequences: list(text),
    temperature: number(0, 1),
    top_p: number(0, 1),
    top_k: integer(0),
    metadata: record({}, { user_id: text }),
    stream: flag,
  },
)

const human = '\n\nHuman:'
const assistant = '\n\nAssistant:'

/** `POST /v1/complete`, the API before messages: https://platform.claude.com/docs/en/api/completions */
export const complete: ChatOperation = {
  kind: 'chat',
  read(body) {
    shape(body, [])
    const prompt = asText(body.prompt)
    const start = prompt.lastIndexOf(human)
    const end = prompt.lastIndexOf(assistant)
    if (start < 0) throw new Failure('invalid', { message: 'prompt must start with "\n\nHuman:" turn' })
    if (end < start) throw new Failure('invalid', { message: 'prompt must end with "\n\nAssistant:" turn' })
    return {
      model: asText(body.model),
      stream: body.stream === true,
      promptText: prompt,
      lastUserText: prompt.slice(start + human.length, end).trim(),
      imageBytes: [],
      toolResults: [],
      tools: [],
      toolChoice: 'none',
      parallelTools: false,
      thinking: false,
      maxTokens: Number(body.max_tokens_to_sample),
      stop: asTexts(body.stop_sequences),
      count: 1,
    }
  },
  whole: (answer, asked, sequence) => ({
    ...head(asked.model, sequence),
    completion: ` ${answer.text}`,
    stop_reason: answer.finish === 'length' ? 'max_tokens' : 'stop_sequence',
    stop: answer.stopSequence ?? (countTokens(answer.text) > 0 ? human : null),
  }),
  events: (answer, asked, sequence) => [
    { type: 'ping' },
    ...answer.pieces.map((piece, index) => ({
      ...head(asked.model, sequence),
      completion: index === 0 ? ` ${piece}` : piece,
      stop_reason: null,
      stop: null,
    })),
    {
      ...head(asked.model, sequence),
      completion: '',
      stop_reason: answer.finish === 'length' ? 'max_tokens' : 'stop_sequence',
      stop: human,
    },
  ],
}

function head(model: string, sequence: number): JsonObject {
  return { type: 'completion', id: `compl_testkit${sequence}`, model }
}
