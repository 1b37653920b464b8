import { readFileSync } from 'node:fs'
import { recordStream } from '@sluice/testkit'
import { EventStreamCodec } from '@smithy/eventstream-codec'
import type { JsonObject } from '../../../types/json.ts'

const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }

const openai: Readonly<Record<string, JsonObject>> = {
  text: {},
  'two tool calls': {
    messages: [{ role: 'user', content: 'Do both' }],
    tools: ['get_weather', 'find'].map(name => ({
      type: 'function',
      function: { name, parameters: schema },
    })),
  },
  'two choices': { n: 2 },
}
const anthropic: Readonly<Record<string, JsonObject>> = {
  text: {},
  'thinking, then two tool calls': {
    messages: [{ role: 'user', content: 'Do both' }],
    max_tokens: 4000,
    thinking: { type: 'enabled', budget_tokens: 1024 },
    tools: ['get_weather', 'find'].map(name => ({ name, input_schema: schema })),
  },
}
const gemini: Readonly<Record<string, JsonObject>> = {
  text: {},
  'two candidates': { generationConfig: { candidateCount: 2 } },
  'thoughts, then two calls': {
    contents: [{ role: 'user', parts: [{ text: 'Do both' }] }],
    generationConfig: { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } },
    tools: [
      { functionDeclarations: ['get_weather', 'find'].map(name => ({ name, parametersJsonSchema: schema })) },
    ],
  },
}

const converse: Readonly<Record<string, JsonObject>> = {
  text: {},
  'thinking, then two tool calls': {
    messages: [{ role: 'user', content: [{ text: 'Do both' }] }],
    inferenceConfig: { maxTokens: 4000 },
    additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1024 } },
    toolConfig: {
      tools: ['get_weather', 'find'].map(name => ({ toolSpec: { name, inputSchema: { json: schema } } })),
    },
  },
}

export interface Recording {
  readonly name: string
  readonly bytes: Buffer
  /** Choices that were asked for. */
  readonly choices: number
}

/** Recorded streams of a format. A new format must name its own. */
export function recordingsOf(format: string): readonly Recording[] {
  switch (format) {
    case 'openai-chat':
      return [...record('openai', openai), ...record('azure', { 'text, as Azure streams it': {} })]
    case 'anthropic-messages':
      return record('anthropic', anthropic)
    case 'gemini':
      return record('gemini', gemini)
    case 'openai-responses':
      return fixtures('openai-responses', 'stream-reasoning.sse', 'stream-tools.sse')
    case 'cohere-chat':
      return fixtures('cohere-chat', 'stream-cited.sse', 'stream-tools.sse')
    case 'bedrock-converse':
      return record('bedrock', converse)
    case 'ollama-chat':
      return fixtures('ollama-chat', 'stream-thinking.ndjson', 'stream-tools.ndjson')
    case 'oci-generic-chat':
      return fixtures('oci-chat', 'stream-generic.sse', 'stream-generic-tools.sse')
    case 'oci-cohere-chat':
      return fixtures('oci-chat', 'stream-cohere.sse', 'stream-cohere-tools.sse')
    case 'sap-orchestration':
      return fixtures('sap-orchestration', 'stream-text.sse', 'stream-tools.sse')
    case 'gigachat-chat':
      return fixtures('gigachat-chat', 'stream-text.sse', 'stream-call.sse')
    case 'a2a':
      return fixtures('a2a', 'stream-artifacts.sse', 'stream-message.sse')
    default:
      throw new Error(`Record streams of ${format} in golden/testing/recordings.ts.`)
  }
}

/** How a provider of a format that no client speaks tells of an error in the middle of a stream. */
export const FAILURES: Readonly<Record<string, string>> = {
  'openai-responses':
    'event: error\ndata: {"type":"error","code":"rate_limit_exceeded","message":"Slow down.","param":null}\n\n',
  'cohere-chat': 'event: message-end\ndata: {"type":"message-end","delta":{"error":"Slow down."}}\n\n',
  'ollama-chat': '{"error":"Slow down."}\n',
  'oci-generic-chat': 'data: {"code":"TooManyRequests","message":"Slow down."}\n\n',
  'oci-cohere-chat': 'data: {"code":"TooManyRequests","message":"Slow down."}\n\n',
  'sap-orchestration': 'data: {"error":{"code":429,"message":"Slow down.","location":"LLM Module"}}\n\n',
  'gigachat-chat': 'data: {"error":{"message":"Slow down."}}\n\n',
  a2a: 'data: {"jsonrpc":"2.0","id":"1","error":{"code":-32603,"message":"Slow down."}}\n\n',
  'bedrock-converse': awsException('throttlingException', '{"message":"Slow down."}'),
}

/** An exception as AWS's own library writes it, bytes as Latin-1. */
function awsException(type: string, data: string): string {
  const codec = new EventStreamCodec(String, text => Buffer.from(text))
  const headers = {
    ':message-type': { type: 'string', value: 'exception' },
    ':exception-type': { type: 'string', value: type },
  } as const
  return Buffer.from(codec.encode({ headers, body: Buffer.from(data) })).toString('latin1')
}

function fixtures(format: string, ...names: readonly string[]): Recording[] {
  return names.map(name => ({
    name,
    bytes: readFileSync(new URL(`../../${format}/fixtures/${name}`, import.meta.url)),
    choices: 1,
  }))
}

type Wire = Parameters<typeof recordStream>[0]

function record(wire: Wire, bodies: Readonly<Record<string, JsonObject>>): Recording[] {
  return Object.entries(bodies).map(([name, body]) => ({
    name,
    bytes: recordStream(wire, { text: 'Grüße 👋 "x"', body }),
    choices: name.startsWith('two c') ? 2 : 1,
  }))
}
