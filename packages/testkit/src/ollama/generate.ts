import type { Asked } from '../answer/conversation.ts'
import { asObject, asText, asTexts, type JsonObject } from '../json.ts'
import { filledText, flag, integer, list, record, text } from '../wire/shape.ts'
import type { ChatOperation } from '../wire/wire.ts'
import { ending, head, limitOf } from './chat.ts'
import { common, format, think } from './options.ts'

const shape = record(
  { model: filledText },
  {
    ...common,
    prompt: text,
    suffix: text,
    system: text,
    template: text,
    context: list(integer()),
    images: list(filledText),
    stream: flag,
    raw: flag,
    format,
    think,
    logprobs: flag,
    top_logprobs: integer(0, 20),
  },
)

/** `POST /api/generate`, https://docs.ollama.com/api/generate. It streams unless told not to. */
export const generate: ChatOperation = {
  kind: 'chat',
  read,
  whole: (answer, asked) => ({ ...head(asked), response: answer.text, ...ending(answer) }),
  events: (answer, asked) => [
    ...answer.pieces.map(response => ({ ...head(asked), response, done: false })),
    { ...head(asked), response: '', ...ending(answer) },
  ],
}

function read(body: JsonObject): Asked {
  shape(body, [])
  const settings = asObject(body.options)
  const prompt = asText(body.prompt)
  return {
    model: asText(body.model),
    stream: body.stream !== false,
    promptText: [asText(body.system), prompt, asText(body.suffix)].filter(Boolean).join('\n'),
    lastUserText: prompt,
    imageBytes: asTexts(body.images).map(image => Buffer.from(image, 'base64').length),
    toolResults: [],
    tools: [],
    toolChoice: 'auto',
    parallelTools: false,
    structured: body.format === 'json' || (typeof body.format === 'object' ? body.format : undefined),
    thinking: false,
    maxTokens: limitOf(settings),
    stop: asTexts(settings.stop),
    count: 1,
  }
}
