import {
  anything,
  filledText,
  flag,
  integer,
  list,
  number,
  oneOf,
  openRecord,
  record,
  type Shape,
  tagged,
  text,
  textOr,
} from '../wire/shape.ts'

const textPart = record({ type: text, text })
const thinkingPart = record({ type: text, thinking: text })
const imagePart = record({
  type: text,
  image_url: record({ url: filledText }, { detail: oneOf('auto', 'low', 'high') }),
})
const documentShape = record({ data: openRecord }, { id: text })
const documentPart = record({ type: text, document: documentShape })
const toolCall = record({
  id: text,
  type: oneOf('function'),
  function: record({ name: text, arguments: text }),
})

const message = tagged('role', {
  system: record({ role: text, content: textOr(list(tagged('type', { text: textPart }), 1)) }),
  user: record({
    role: text,
    content: textOr(list(tagged('type', { text: textPart, image_url: imagePart }), 1)),
  }),
  assistant: record(
    { role: text },
    {
      content: textOr(list(tagged('type', { text: textPart, thinking: thinkingPart }), 1)),
      tool_calls: list(toolCall, 1),
      tool_plan: text,
      citations: list(anything),
    },
  ),
  tool: record({
    role: text,
    tool_call_id: text,
    content: textOr(list(tagged('type', { text: textPart, document: documentPart }), 1)),
  }),
})

const tool = record({
  type: oneOf('function'),
  function: record({ name: filledText, parameters: openRecord }, { description: text }),
})

/** The body of `POST /v2/chat`, https://docs.cohere.com/reference/chat. */
export const chatShape: Shape = record(
  { model: filledText, messages: list(message, 1) },
  {
    stream: flag,
    tools: list(tool),
    strict_tools: flag,
    tool_choice: oneOf('REQUIRED', 'NONE'),
    documents: list(textOr(documentShape)),
    citation_options: record({}, { mode: oneOf('FAST', 'ACCURATE', 'OFF', 'ENABLED', 'DISABLED') }),
    response_format: tagged('type', {
      text: record({ type: text }),
      json_object: record({ type: text }, { json_schema: openRecord }),
    }),
    safety_mode: oneOf('CONTEXTUAL', 'STRICT', 'OFF', 'NONE'),
    max_tokens: integer(0),
    stop_sequences: list(text),
    temperature: number(0),
    seed: integer(0),
    frequency_penalty: number(0, 1),
    presence_penalty: number(0, 1),
    k: number(0, 500),
    p: number(0.01, 0.99),
    logprobs: flag,
    thinking: record({ type: oneOf('enabled', 'disabled') }, { token_budget: integer(1) }),
    priority: integer(0, 999),
  },
)
