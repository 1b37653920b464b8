import { type Answer, type Asked, type Finish, promptTokens } from '../answer/conversation.ts'
import { asObject, asObjects, asText, asTexts, type JsonObject } from '../json.ts'
import { Violation } from '../wire/shape.ts'
import type { ChatOperation, PlainOperation, Route } from '../wire/wire.ts'
import { camelCase } from './camel-case.ts'
import { checkGenerateRules, signatureOfCall } from './generate-rules.ts'
import { countTokensShape, generateShape } from './generate-shape.ts'

const cachedContentTokens = 100
/** A hundredth of a second of silence. */
const voice = Buffer.alloc(480).toString('base64')
/** One pixel. */
export const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='

/** What only this wire needs to know of a request. */
interface GeminiAsked extends Asked {
  readonly includeThoughts: boolean
  /** What is asked for besides text: `IMAGE`, `AUDIO`. */
  readonly modalities: readonly string[]
}

/** `:generateContent` and `:streamGenerateContent`. */
export const generate: ChatOperation = {
  kind: 'chat',
  read(raw, route) {
    const body = asObject(camelCase(raw))
    generateShape(body, [])
    checkGenerateRules(body, route.model ?? '')
    return readGenerate(body, route)
  },
  whole: (answer, asked, sequence) =>
    reply(
      asked,
      sequence,
      [...thoughtParts(answer, asked), ...spokenParts(answer.text, asked), ...callParts(answer, asked)],
      {
        finishReason: finishReasons[answer.finish],
        usage: usageOf(answer),
      },
    ),
  events: generateEvents,
}

/** `:countTokens`. */
export const countContentTokens: PlainOperation = {
  kind: 'plain',
  reply(raw, route) {
    const body = asObject(camelCase(raw))
    countTokensShape(body, [])
    if (body.contents === undefined && body.generateContentRequest === undefined) {
      throw new Violation('missing', ['contents'], 'a value')
    }
    const totalTokens = promptTokens(readGenerate(asObject(body.generateContentRequest ?? body), route))
    return { totalTokens, promptTokensDetails: [{ modality: 'TEXT', tokenCount: totalTokens }] }
  },
}

function readGenerate(body: JsonObject, route: Route): GeminiAsked {
  const contents = asObjects(body.contents)
  const config = asObject(body.generationConfig)
  const lastUser = contents.findLast(content => content.role !== 'model')
  const lastParts = asObjects(lastUser?.parts)
  const declared = asObjects(body.tools).flatMap(tool => asObjects(tool.functionDeclarations))
  return {
    model: route.model ?? '',
    stream: route.stream === true,
    promptText: promptOf(body, contents, declared),
    lastUserText: textOf(lastParts),
    imageBytes: lastParts.filter(part => part.inlineData ?? part.fileData).map(imageSize),
    toolResults: lastUser === contents.at(-1) ? resultsOf(lastParts) : [],
    tools: declared.map(one => ({
      name: asText(one.name),
      schema: one.parametersJsonSchema ?? one.parameters,
    })),
    toolChoice: toolChoiceOf(asObject(asObject(body.toolConfig).functionCallingConfig)),
    parallelTools: true,
    structured: structuredOf(config),
    thinking: isThinking(asObject(config.thinkingConfig), route.model ?? ''),
    includeThoughts: asObject(config.thinkingConfig).includeThoughts === true,
    modalities: asTexts(config.responseModalities),
    cache: body.cachedContent
      ? { prefix: asText(body.cachedContent), tokens: cachedContentTokens, always: true }
      : undefined,
    maxTokens: typeof config.maxOutputTokens === 'number' ? config.maxOutputTokens : undefined,
    stop: asTexts(config.stopSequences),
    count: typeof config.candidateCount === 'number' ? config.candidateCount : 1,
  }
}

/** Gemini 3 always thinks; older models when a budget, a level or thoughts are asked for. */
function isThinking(config: JsonObject, model: string): boolean {
  if (config.thinkingBudget === 0) return false
  return Object.keys(config).length > 0 || model.startsWith('gemini-3')
}

function structuredOf(config: JsonObject): unknown {
  if (config.responseMimeType !== 'application/json') return undefined
  return config.responseJsonSchema ?? config.responseSchema ?? true
}

function toolChoiceOf(config: JsonObject): Asked['toolChoice'] {
  const [name] = asTexts(config.allowedFunctionNames)
  if (config.mode === 'NONE') return 'none'
  return name === undefined ? (config.mode === 'ANY' ? 'any' : 'auto') : { name }
}

function promptOf(
  body: JsonObject,
  contents: readonly JsonObject[],
  declared: readonly JsonObject[],
): string {
  const system = textOf(asObjects(asObject(body.systemInstruction).parts))
  const said = contents.flatMap(content =>
    asObjects(content.parts).map(
      part => asText(part.text) || JSON.stringify(part.functionCall ?? part.functionResponse ?? ''),
    ),
  )
  return [system, ...said, ...declared.map(one => JSON.stringify(one))].filter(Boolean).join('\n')
}

function textOf(parts: readonly JsonObject[]): string {
  return parts
    .map(part => asText(part.text))
    .filter(Boolean)
    .join(' ')
}

function imageSize(part: JsonObject): number {
  return Buffer.from(asText(asObject(part.inlineData).data), 'base64').length
}

function resultsOf(parts: readonly JsonObject[]): string[] {
  return parts
    .filter(part => part.functionResponse !== undefined)
    .map(part => asObject(asObject(part.functionResponse).response))
    .map(response => {
      const value = response.output ?? response.result ?? response.error ?? response
      return typeof value === 'string' ? value : JSON.stringify(value)
    })
}

const finishReasons: Readonly<Record<Finish, string>> = {
  stop: 'STOP',
  'stop-sequence': 'STOP',
  length: 'MAX_TOKENS',
  tools: 'STOP',
  'content-filter': 'SAFETY',
}

interface Ending {
  readonly finishReason?: string
  readonly usage: JsonObject
}

function reply(asked: Asked, sequence: number, parts: readonly JsonObject[], ending: Ending): JsonObject {
  const content = { ...(parts.length > 0 && { parts }), role: 'model' }
  const candidates = Array.from({ length: asked.count }, (_, index) => ({
    content,
    ...(ending.finishReason !== undefined && { finishReason: ending.finishReason }),
    index,
  }))
  return {
    candidates,
    usageMetadata: ending.usage,
    modelVersion: asked.model,
    responseId: `testkit${sequence}`,
  }
}

function thoughtParts(answer: Answer, asked: Asked): JsonObject[] {
  const shown = (asked as GeminiAsked).includeThoughts && answer.thinking !== ''
  return shown ? [{ text: answer.thinking, thought: true }] : []
}

/** A picture besides the text, or a voice in its place. */
function spokenParts(text: string, asked: Asked): JsonObject[] {
  const { modalities } = asked as GeminiAsked
  if (modalities.includes('AUDIO'))
    return [{ inlineData: { mimeType: 'audio/L16;codec=pcm;rate=24000', data: voice } }]
  return modalities.includes('IMAGE')
    ? [...textParts(text), { inlineData: { mimeType: 'image/png', data: png } }]
    : textParts(text)
}

function textParts(text: string): JsonObject[] {
  return text === '' ? [] : [{ text }]
}

/** With thinking, the first of parallel calls carries the signature. */
function callParts(answer: Answer, asked: Asked): JsonObject[] {
  return answer.toolCalls.map((call, index) => {
    const functionCall = {
      name: call.name,
      args: call.arguments,
      ...(call.id !== undefined && { id: call.id }),
    }
    const signed = asked.thinking && index === 0
    return { functionCall, ...(signed && { thoughtSignature: signatureOfCall(functionCall) }) }
  })
}

/** `candidatesTokenCount` leaves the thoughts out. */
function usageOf({ tokens }: Answer): JsonObject {
  return {
    promptTokenCount: tokens.input,
    candidatesTokenCount: tokens.output - tokens.reasoning,
    totalTokenCount: tokens.input + tokens.output,
    ...(tokens.cached > 0 && { cachedContentTokenCount: tokens.cached }),
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: tokens.input }],
    ...(tokens.reasoning > 0 && { thoughtsTokenCount: tokens.reasoning }),
  }
}

/** Every event repeats the usage so far; only the last one has a finish reason. Nothing marks the end. */
function generateEvents(answer: Answer, asked: Asked, sequence: number): JsonObject[] {
  const calls = callParts(answer, asked)
  const steps = [
    ...thoughtParts(answer, asked).map(part => [part]),
    ...((asked as GeminiAsked).modalities.some(kind => kind !== 'TEXT')
      ? [spokenParts(answer.text, asked)]
      : answer.pieces.map(textParts)),
    ...(calls.length > 0 ? [calls] : []),
  ]
  if (steps.length === 0) steps.push([])
  const final = usageOf(answer)
  const { promptTokenCount, promptTokensDetails } = final
  const early = { promptTokenCount, totalTokenCount: promptTokenCount, promptTokensDetails }
  return steps.map((parts, index) =>
    index < steps.length - 1
      ? reply(asked, sequence, parts, { usage: early })
      : reply(asked, sequence, parts, { finishReason: finishReasons[answer.finish], usage: final }),
  )
}
