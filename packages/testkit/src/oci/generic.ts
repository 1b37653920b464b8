import type { Answer, Asked } from '../answer/conversation.ts'
import { argumentPieces } from '../answer/tokens.ts'
import { asObject, asObjects, asText, type JsonObject } from '../json.ts'
import { chat } from '../openai/chat.ts'
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
  tagged,
  text,
} from '../wire/shape.ts'

const url = record({ url: filledText }, { detail: oneOf('AUTO', 'HIGH', 'LOW') })
const part = tagged('type', {
  TEXT: record({ type: text, text }),
  IMAGE: record({ type: text, imageUrl: url }),
  DOCUMENT: record({ type: text, documentUrl: url }),
  VIDEO: record({ type: text, videoUrl: url }),
  AUDIO: record({ type: text, audioUrl: url }),
})
const call = record({ type: oneOf('FUNCTION'), id: text, name: filledText, arguments: text })
const plain = record({ role: text, content: list(part) }, { name: text })
const message = tagged('role', {
  SYSTEM: plain,
  DEVELOPER: plain,
  USER: plain,
  ASSISTANT: record(
    { role: text, content: list(part) },
    { name: text, refusal: text, toolCalls: list(call, 1) },
  ),
  TOOL: record({ role: text, content: list(part), toolCallId: filledText }),
})
const tool = record(
  { type: oneOf('FUNCTION'), name: filledText },
  { description: text, parameters: openRecord },
)
const named = record({ type: text, name: filledText })

/** https://docs.oracle.com/en-us/iaas/api/#/en/generative-ai-inference/20231130/datatypes/GenericChatRequest */
export const genericShape = record(
  { apiFormat: oneOf('GENERIC'), messages: list(message, 1) },
  {
    isStream: flag,
    streamOptions: record({ isIncludeUsage: flag }),
    maxTokens: integer(1),
    maxCompletionTokens: integer(1),
    temperature: number(0, 2),
    topP: number(0, 1),
    topK: integer(-1),
    frequencyPenalty: number(-2, 2),
    presencePenalty: number(-2, 2),
    numGenerations: integer(1, 5),
    seed: integer(),
    stop: list(text),
    logProbs: integer(0),
    logitBias: openRecord,
    metadata: openRecord,
    tools: list(tool),
    toolChoice: tagged('type', {
      AUTO: record({ type: text }),
      NONE: record({ type: text }),
      REQUIRED: record({ type: text }),
      FUNCTION: named,
    }),
    isParallelToolCalls: flag,
    reasoningEffort: oneOf('NONE', 'MINIMAL', 'LOW', 'MEDIUM', 'HIGH'),
    verbosity: oneOf('LOW', 'MEDIUM', 'HIGH'),
    serviceTier: oneOf('AUTO', 'DEFAULT', 'PRIORITY'),
    responseFormat: anything,
  },
)

/** The request as OpenAI's wire would read it. */
export function readGeneric(request: JsonObject, model: string): Asked {
  genericShape(request, ['chatRequest'])
  const tools = asObjects(request.tools).map(({ name, description, parameters }) => ({
    type: 'function',
    function: { name, ...(description !== undefined && { description }), parameters },
  }))
  const choice = asObject(request.toolChoice)
  const body: JsonObject = {
    model,
    messages: asObjects(request.messages).map(asOpenai),
    ...(request.isStream === true && { stream: true, stream_options: { include_usage: true } }),
    ...(tools.length > 0 && { tools }),
    ...(choice.type !== undefined && {
      tool_choice:
        choice.type === 'FUNCTION'
          ? { type: 'function', function: { name: choice.name } }
          : asText(choice.type).toLowerCase(),
    }),
    ...(typeof request.maxTokens === 'number' && { max_tokens: request.maxTokens }),
    ...(Array.isArray(request.stop) && { stop: request.stop }),
  }
  return chat.read(body, { operation: chat })
}

function asOpenai({ role, content, toolCalls, toolCallId }: JsonObject): JsonObject {
  const parts = asObjects(content).map(each =>
    each.type === 'TEXT'
      ? { type: 'text', text: each.text }
      : { type: 'image_url', image_url: { url: asObject(each.imageUrl).url } },
  )
  return {
    role: asText(role).toLowerCase(),
    content: parts.length > 0 ? parts : null,
    ...(toolCalls !== undefined && {
      tool_calls: asObjects(toolCalls).map(({ id, name, arguments: args }) => ({
        id,
        type: 'function',
        function: { name, arguments: args },
      })),
    }),
    ...(toolCallId !== undefined && { tool_call_id: toolCallId }),
  }
}

export function ociUsage({ tokens }: Answer): JsonObject {
  return {
    promptTokens: tokens.input,
    completionTokens: tokens.output,
    totalTokens: tokens.input + tokens.output,
    promptTokensDetails: { cachedTokens: tokens.cached },
    completionTokensDetails: { reasoningTokens: tokens.reasoning },
  }
}

const finishes = {
  stop: 'stop',
  'stop-sequence': 'stop',
  length: 'length',
  tools: 'tool_calls',
  'content-filter': 'content_filter',
}

export function genericWhole(answer: Answer): JsonObject {
  return {
    apiFormat: 'GENERIC',
    timeCreated: '2026-01-02T03:04:05.678Z',
    choices: [
      {
        index: 0,
        message: {
          role: 'ASSISTANT',
          ...(answer.text !== '' && { content: [{ type: 'TEXT', text: answer.text }] }),
          ...(answer.toolCalls.length > 0 && {
            toolCalls: answer.toolCalls.map(({ id, name, arguments: args }, index) => ({
              type: 'FUNCTION',
              id: id ?? `call_testkit${index}`,
              name,
              arguments: JSON.stringify(args),
            })),
          }),
        },
        finishReason: finishes[answer.finish],
      },
    ],
    usage: ociUsage(answer),
  }
}

export function genericEvents(answer: Answer): JsonObject[] {
  const event = (message: JsonObject, more: JsonObject = {}) => ({
    index: 0,
    message: { role: 'ASSISTANT', ...message },
    ...more,
    pad: 'aaaaaaaa',
  })
  const texts = answer.pieces.map(piece => event({ content: [{ type: 'TEXT', text: piece }] }))
  const calls = answer.toolCalls.flatMap(({ id, name, arguments: args }, index) => [
    event({ toolCalls: [{ type: 'FUNCTION', id: id ?? `call_testkit${index}`, name, arguments: '' }] }),
    ...argumentPieces(JSON.stringify(args)).map(piece =>
      event({ toolCalls: [{ type: 'FUNCTION', arguments: piece }] }),
    ),
  ])
  return [
    ...texts,
    ...calls,
    event({}, { finishReason: finishes[answer.finish] }),
    { usage: ociUsage(answer) },
  ]
}
