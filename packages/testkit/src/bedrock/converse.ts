import { type Answer, type Asked, type Finish, promptTokens } from '../answer/conversation.ts'
import { signatureOf } from '../answer/signature.ts'
import { argumentPieces, countTokens as wordsOf } from '../answer/tokens.ts'
import { asObject, asObjects, asText, asTexts, type JsonObject } from '../json.ts'
import type { AwsMessage } from '../wire/aws-message.ts'
import type { ChatOperation, PlainOperation, Route } from '../wire/wire.ts'
import { checkConverseRules } from './converse-rules.ts'
import { converseShape } from './converse-shape.ts'

/** `POST /model/{id}/converse` and `…/converse-stream`. */
export const converse: ChatOperation = {
  kind: 'chat',
  read(body, route) {
    converseShape(body, [])
    checkConverseRules(body)
    return readConverse(body, route)
  },
  whole: answer => wholeReply(answer),
  events: converseEvents,
}

/** `POST /model/{id}/count-tokens`. */
export const countTokens: PlainOperation = {
  kind: 'plain',
  reply(body, route) {
    const asked = asObject(asObject(body.input).converse)
    converseShape(asked, ['input', 'converse'])
    return { inputTokens: promptTokens(readConverse(asked, route)) }
  },
}

/** What only this wire needs to know of a request. */
interface ConverseAsked extends Asked {
  readonly cacheHour: boolean
}

/** What a Converse body asks for; Nova's own body says it in the same words. */
export function readConverse(body: JsonObject, route: Route): ConverseAsked {
  const turns = asObjects(body.messages)
  const lastUser = turns.findLast(turn => turn.role === 'user')
  const blocks = asObjects(lastUser?.content)
  const config = asObject(body.inferenceConfig)
  const tools = asObject(body.toolConfig)
  const choice = asObject(tools.toolChoice)
  const forced = asText(asObject(choice.tool).name)
  const fields = asObject(body.additionalModelRequestFields)
  const format = asObject(asObject(asObject(body.outputConfig).textFormat).structure)
  const thinking = asObject(fields.thinking).type
  const limit = config.maxTokens ?? config.max_new_tokens
  return {
    model: route.model ?? '',
    stream: route.stream === true,
    promptText: promptTexts(body).join('\n'),
    lastUserText: textsOf(blocks).join(' '),
    imageBytes: blocks.flatMap(({ image }) => imageSize(asObject(image))),
    toolResults:
      turns.at(-1) === lastUser
        ? blocks.flatMap(({ toolResult }) =>
            toolResult === undefined ? [] : textsOf(asObjects(asObject(toolResult).content)).join(' '),
          )
        : [],
    tools: asObjects(tools.tools).flatMap(({ toolSpec }) =>
      toolSpec === undefined
        ? []
        : {
            name: asText(asObject(toolSpec).name),
            schema: asObject(asObject(toolSpec).inputSchema).json,
          },
    ),
    toolChoice: forced !== '' ? { name: forced } : choice.any !== undefined ? 'any' : 'auto',
    parallelTools: asObject(fields.tool_choice).disable_parallel_tool_use !== true,
    structured: format.jsonSchema && JSON.parse(asText(asObject(format.jsonSchema).schema)),
    thinking:
      thinking === 'enabled' ||
      thinking === 'adaptive' ||
      fields.reasoning_effort !== undefined ||
      asObject(fields.reasoningConfig).type === 'enabled',
    cache: cacheOf(body, route),
    maxTokens: typeof limit === 'number' ? limit : undefined,
    stop: asTexts(config.stopSequences),
    count: 1,
    cacheHour: JSON.stringify([body.system, body.messages, body.toolConfig]).includes('"ttl":"1h"'),
  }
}

function textsOf(blocks: readonly JsonObject[]): string[] {
  return blocks.flatMap(({ text, guardContent }) => {
    const said = asText(text) || asText(asObject(asObject(guardContent).text).text)
    return said === '' ? [] : [said]
  })
}

function imageSize({ source }: JsonObject): number[] {
  const { bytes } = asObject(source)
  return typeof bytes === 'string' ? [Buffer.from(bytes, 'base64').length] : source === undefined ? [] : [0]
}

/** Everything the prompt says, in the order the cache sees it. */
function promptBlocks(body: JsonObject): JsonObject[] {
  return [
    ...asObjects(asObject(body.toolConfig).tools),
    ...asObjects(body.system),
    ...asObjects(body.messages).flatMap(({ content }) => asObjects(content)),
  ]
}

function promptTexts(body: JsonObject): string[] {
  return promptBlocks(body).flatMap(blockText)
}

function blockText(block: JsonObject): string[] {
  const { toolSpec, toolUse, toolResult } = block
  if (toolSpec !== undefined) return [JSON.stringify(toolSpec)]
  if (toolUse !== undefined)
    return [`${asText(asObject(toolUse).name)} ${JSON.stringify(asObject(toolUse).input)}`]
  if (toolResult !== undefined) return textsOf(asObjects(asObject(toolResult).content))
  return textsOf([block])
}

function cacheOf(body: JsonObject, route: Route): Asked['cache'] {
  const blocks = promptBlocks(body)
  const last = blocks.findLastIndex(({ cachePoint }) => cachePoint !== undefined)
  if (last < 0) return undefined
  const prefix = blocks.slice(0, last).flatMap(blockText).join('\n')
  return { prefix: `${route.model}\n${prefix}`, tokens: wordsOf(prefix) }
}

const stopReasons: Readonly<Record<Finish, string>> = {
  stop: 'end_turn',
  'stop-sequence': 'stop_sequence',
  length: 'max_tokens',
  tools: 'tool_use',
  'content-filter': 'content_filtered',
}

export function wholeReply(answer: Answer): JsonObject {
  return {
    output: { message: { role: 'assistant', content: blocksOf(answer) } },
    stopReason: stopReasons[answer.finish],
    usage: usageOf(answer),
    metrics: { latencyMs: 1 },
  }
}

function blocksOf({ thinking, text, toolCalls }: Answer): JsonObject[] {
  return [
    ...(thinking
      ? [{ reasoningContent: { reasoningText: { text: thinking, signature: signatureOf(thinking) } } }]
      : []),
    ...(text || toolCalls.length === 0 ? [{ text }] : []),
    ...toolCalls.map((call, index) => ({
      toolUse: { toolUseId: call.id ?? `tooluse_testkit${index}`, name: call.name, input: call.arguments },
    })),
  ]
}

function usageOf({ tokens }: Answer): JsonObject {
  const input = tokens.input - tokens.cached - tokens.cacheWritten
  return {
    inputTokens: input,
    outputTokens: tokens.output,
    totalTokens: tokens.input + tokens.output,
    cacheReadInputTokens: tokens.cached,
    cacheWriteInputTokens: tokens.cacheWritten,
  }
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html: the order of events. */
export function converseEvents(answer: Answer, asked: Asked): AwsMessage[] {
  const { cacheHour } = asked as ConverseAsked
  const written = answer.tokens.cacheWritten
  const details = written > 0 && { cacheDetails: [{ ttl: cacheHour ? '1h' : '5m', inputTokens: written }] }
  return [
    { type: 'messageStart', data: { role: 'assistant', p: 'abc' } },
    ...blocksOf(answer).flatMap((block, index) => blockEvents(block, index, answer)),
    { type: 'messageStop', data: { stopReason: stopReasons[answer.finish], p: 'abcdef' } },
    { type: 'metadata', data: { usage: { ...usageOf(answer), ...details }, metrics: { latencyMs: 1 } } },
  ]
}

function blockEvents(block: JsonObject, contentBlockIndex: number, answer: Answer): AwsMessage[] {
  const start: AwsMessage[] = []
  if (block.toolUse !== undefined) {
    const { toolUseId, name } = asObject(block.toolUse)
    start.push({
      type: 'contentBlockStart',
      data: { contentBlockIndex, start: { toolUse: { toolUseId, name } }, p: 'ab' },
    })
  }
  return [
    ...start,
    ...deltasOf(block, answer).map(
      (delta): AwsMessage => ({ type: 'contentBlockDelta', data: { contentBlockIndex, delta, p: 'abcd' } }),
    ),
    { type: 'contentBlockStop', data: { contentBlockIndex, p: 'a' } },
  ]
}

function deltasOf(block: JsonObject, answer: Answer): JsonObject[] {
  if (block.reasoningContent !== undefined) {
    const { text, signature } = asObject(asObject(block.reasoningContent).reasoningText)
    return [{ reasoningContent: { text } }, { reasoningContent: { signature } }]
  }
  if (block.toolUse === undefined) return answer.pieces.map(text => ({ text }))
  return argumentPieces(JSON.stringify(asObject(block.toolUse).input)).map(input => ({ toolUse: { input } }))
}
