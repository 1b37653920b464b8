import type { Answer, Asked } from '../answer/conversation.ts'
import { asObject, asObjects, asText, asTexts, type JsonObject } from '../json.ts'
import { Failure } from '../wire/failure.ts'
import {
  anything,
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
import { ociUsage } from './generic.ts'

const call = record({ name: text, parameters: openRecord })
const result = record({ call, outputs: list(openRecord) })
const said = record({ role: text, message: text })
const definition = record({ type: text }, { description: text, isRequired: flag })
const tool = record(
  { name: text, description: text },
  {
    parameterDefinitions: (value, path) => {
      openRecord(value, path)
      for (const [name, each] of Object.entries(asObject(value))) definition(each, [...path, name])
    },
  },
)

/** https://docs.oracle.com/en-us/iaas/api/#/en/generative-ai-inference/20231130/datatypes/CohereChatRequest */
const shape = record(
  { apiFormat: oneOf('COHERE'), message: text },
  {
    chatHistory: list(
      tagged('role', {
        USER: said,
        SYSTEM: said,
        CHATBOT: record({ role: text, message: text }, { toolCalls: list(call) }),
        TOOL: record({ role: text, toolResults: list(result, 1) }),
      }),
    ),
    preambleOverride: text,
    documents: list(openRecord),
    isStream: flag,
    streamOptions: record({ isIncludeUsage: flag }),
    maxTokens: integer(1),
    temperature: number(0, 5),
    topP: number(0, 1),
    topK: integer(0, 500),
    frequencyPenalty: number(0, 1),
    presencePenalty: number(0, 1),
    seed: integer(),
    stopSequences: list(text),
    tools: list(tool, 1),
    toolResults: list(result, 1),
    isForceSingleStep: flag,
    responseFormat: anything,
    safetyMode: oneOf('CONTEXTUAL', 'STRICT', 'OFF'),
  },
)

export function readCohere(request: JsonObject, model: string): Asked {
  shape(request, ['chatRequest'])
  const message = asText(request.message)
  const results = asObjects(request.toolResults)
  if (message === '' && results.length === 0)
    throw new Failure('invalid', { message: 'message or toolResults is required.' })
  const history = asObjects(request.chatHistory).map(each => asText(each.message))
  return {
    model,
    stream: request.isStream === true,
    promptText: [asText(request.preambleOverride), ...history, message].filter(Boolean).join('\n'),
    lastUserText: message,
    imageBytes: [],
    toolResults: results.flatMap(({ outputs }) => asObjects(outputs).map(output => asText(output.text))),
    tools: asObjects(request.tools).map(({ name, parameterDefinitions }) => ({
      name: asText(name),
      schema: schemaOf(asObject(parameterDefinitions)),
    })),
    toolChoice: 'auto',
    parallelTools: true,
    structured: asObject(request.responseFormat).type === 'JSON_OBJECT' || undefined,
    thinking: false,
    maxTokens: typeof request.maxTokens === 'number' ? request.maxTokens : undefined,
    stop: asTexts(request.stopSequences),
    count: 1,
  }
}

const types: Readonly<Record<string, string>> = {
  str: 'string',
  int: 'integer',
  float: 'number',
  bool: 'boolean',
  list: 'array',
}

function schemaOf(definitions: JsonObject): JsonObject {
  const entries = Object.entries(definitions).map(([name, given]) => [name, asObject(given)] as const)
  return {
    type: 'object',
    properties: Object.fromEntries(
      entries.map(([name, { type }]) => [name, { type: types[asText(type)] ?? 'object' }]),
    ),
    required: entries.filter(([, { isRequired }]) => isRequired === true).map(([name]) => name),
  }
}

const finishes = {
  stop: 'COMPLETE',
  'stop-sequence': 'COMPLETE',
  length: 'MAX_TOKENS',
  tools: 'COMPLETE',
  'content-filter': 'ERROR_TOXIC',
}

export function cohereWhole(answer: Answer): JsonObject {
  return {
    apiFormat: 'COHERE',
    text: answer.text,
    chatHistory: [],
    finishReason: finishes[answer.finish],
    ...(answer.toolCalls.length > 0 && {
      toolCalls: answer.toolCalls.map(({ name, arguments: parameters }) => ({ name, parameters })),
    }),
    usage: ociUsage(answer),
  }
}

/** The last event says everything once more. */
export function cohereEvents(answer: Answer): JsonObject[] {
  const pieces = answer.pieces.map(piece => ({ apiFormat: 'COHERE', text: piece, pad: 'aaaa' }))
  return [...pieces, cohereWhole(answer)]
}
