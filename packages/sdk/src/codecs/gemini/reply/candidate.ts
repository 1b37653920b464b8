import type { ChatChoice, ChatResponseMessage, ThinkingBlock, ToolCall } from '../../../types/chat.ts'
import { isJsonObject, type JsonObject, textOf } from '../../../types/json.ts'
import { isServerPart, SERVER_PARTS_KEY, SIGNATURES_KEY } from '../request/contents.ts'
import { decodeFunctionCall } from '../request/function-calls.ts'
import { dataUri, inlineBlob } from '../request/media.ts'
import { decodeSignature, signatureForClient } from '../thought-signature.ts'
import { encodeGrounding } from './grounding.ts'
import { encodeLogprobs } from './logprobs.ts'

/** Candidate fields the hub has no place for: Gemini's name ↔ the key in the choice's `provider_specific_fields`. */
const EXTRAS: readonly (readonly [string, string])[] = [
  ['safetyRatings', 'safety_ratings'],
  ['citationMetadata', 'citation_metadata'],
  ['groundingMetadata', 'grounding_metadata'],
  ['urlContextMetadata', 'url_context_metadata'],
  ['avgLogprobs', 'avg_logprobs'],
  ['finishMessage', 'finish_message'],
]

const KNOWN = new Set([
  ...EXTRAS.map(([name]) => name),
  ...['content', 'finishReason', 'index', 'logprobsResult', '__proto__'],
  // The parts tell their own tokens in the usage.
  'tokenCount',
])

/** What the parts of a candidate (or of one streamed piece of it) say. */
export interface Spoken {
  text: string
  reasoning: string
  readonly thinking: ThinkingBlock[]
  readonly calls: ToolCall[]
  readonly images: JsonObject[]
  audio: JsonObject | undefined
  readonly server: JsonObject[]
  signature: string | undefined
}

/** Reads a candidate's parts. `nextId` names function calls Google left without an id. */
export function readParts(candidate: JsonObject, nextId: () => string): Spoken {
  const spoken: Spoken = {
    text: '',
    reasoning: '',
    thinking: [],
    calls: [],
    images: [],
    audio: undefined,
    server: [],
    signature: undefined,
  }
  const { content } = candidate
  const parts = isJsonObject(content) && Array.isArray(content.parts) ? (content.parts as unknown[]) : []
  for (const part of parts) if (isJsonObject(part)) readPart(part, spoken, nextId)
  return spoken
}

function readPart(part: JsonObject, spoken: Spoken, nextId: () => string): void {
  const signature = typeof part.thoughtSignature === 'string' ? part.thoughtSignature : undefined
  if (isJsonObject(part.functionCall)) spoken.calls.push(decodeFunctionCall(part, nextId()))
  else if (part.inlineData !== undefined) readBlob(part.inlineData, signature, spoken)
  else if (isServerPart(part)) spoken.server.push(part)
  else if (part.thought === true)
    readThought(textOf(part.text), signature && decodeSignature(signature), spoken)
  else {
    if (typeof part.text === 'string') spoken.text += part.text
    if (signature !== undefined) spoken.signature = signature
  }
}

function readThought(text: string, signature: string | undefined, spoken: Spoken): void {
  spoken.reasoning += text
  const last = spoken.thinking.at(-1)
  if (last?.type === 'thinking' && !last.signature) {
    last.thinking += text
    if (signature) last.signature = signature
  } else spoken.thinking.push({ type: 'thinking', thinking: text, ...(signature && { signature }) })
}

function readBlob(value: unknown, signature: string | undefined, spoken: Spoken): void {
  const blob = inlineBlob(value)
  if (blob === undefined) return
  if (!blob.mimeType.startsWith('audio/')) {
    spoken.images.push({
      type: 'image_url',
      index: spoken.images.length,
      image_url: { url: dataUri(blob.mimeType, blob.data), detail: 'auto' },
      ...(signature !== undefined && { thought_signature: signature }),
    })
    return
  }
  const before = typeof spoken.audio?.data === 'string' ? Buffer.from(spoken.audio.data, 'base64') : undefined
  const data = before
    ? Buffer.concat([before, Buffer.from(blob.data, 'base64')]).toString('base64')
    : blob.data
  spoken.audio = { data, mime_type: blob.mimeType }
}

/** The fields of a message or a delta that carry what was spoken; only those that say something. */
export function spokenFields(spoken: Spoken): JsonObject {
  const specific: JsonObject = {
    ...(spoken.server.length > 0 && { [SERVER_PARTS_KEY]: spoken.server }),
    ...(spoken.signature !== undefined && { [SIGNATURES_KEY]: [spoken.signature] }),
  }
  return {
    ...(spoken.reasoning !== '' && { reasoning_content: spoken.reasoning }),
    ...(spoken.thinking.length > 0 && { thinking_blocks: spoken.thinking }),
    ...(spoken.images.length > 0 && { images: spoken.images }),
    ...(spoken.audio && { audio: spoken.audio }),
    ...(Object.keys(specific).length > 0 && { provider_specific_fields: specific }),
  }
}

/** `provider_specific_fields` of a choice. */
export function decodeExtras(candidate: JsonObject, native: string | undefined): JsonObject {
  const extras: JsonObject = {}
  if (native !== undefined) extras.native_finish_reason = native
  for (const [name, key] of EXTRAS) if (candidate[name] !== undefined) extras[key] = candidate[name]
  for (const [name, value] of Object.entries(candidate))
    if (!KNOWN.has(name) && value != null) extras[name] = value
  return extras
}

/** The candidate fields a choice keeps besides its parts and its end. */
export function encodeExtras(choice: Pick<ChatChoice, 'provider_specific_fields' | 'logprobs'>): JsonObject {
  const kept = choice.provider_specific_fields ?? {}
  const logprobs = encodeLogprobs(choice.logprobs)
  const fields = EXTRAS.filter(([, key]) => kept[key] !== undefined).map(
    ([name, key]) => [name, kept[key]] as const,
  )
  return { ...Object.fromEntries(fields), ...(logprobs && { logprobsResult: logprobs }) }
}

type Message = Partial<
  Pick<
    ChatResponseMessage,
    | 'content'
    | 'refusal'
    | 'reasoning_content'
    | 'thinking_blocks'
    | 'images'
    | 'audio'
    | 'provider_specific_fields'
  >
>

/** A reply's message or delta, calls aside → the parts of a candidate. `showThoughts`: whether the client asked for them. */
export function encodeParts(message: Message, showThoughts: boolean): JsonObject[] {
  const specific = message.provider_specific_fields ?? {}
  const server = specific[SERVER_PARTS_KEY]
  const signatures = specific[SIGNATURES_KEY]
  const signature: unknown = Array.isArray(signatures) ? signatures.at(-1) : undefined
  const parts: JsonObject[] = showThoughts ? encodeThoughts(message) : []
  if (Array.isArray(server)) parts.push(...server.filter(isJsonObject))
  const text = (message.content ?? '') + (message.refusal ?? '')
  if (text !== '' || signature !== undefined)
    parts.push({ text, ...(signature !== undefined && { thoughtSignature: signature }) })
  for (const image of message.images ?? []) {
    const blob = isJsonObject(image.image_url) ? parseImage(image.image_url.url) : undefined
    if (blob) parts.push(signed({ inlineData: blob }, image.thought_signature))
  }
  const { audio } = message
  if (audio != null && typeof audio.data === 'string')
    parts.push({ inlineData: { mimeType: audio.mime_type ?? 'audio/wav', data: audio.data } })
  return parts
}

function encodeThoughts(message: Message): JsonObject[] {
  const parts = (message.thinking_blocks ?? []).flatMap(block =>
    block.type === 'thinking'
      ? [
          signed(
            { text: block.thinking, thought: true },
            block.signature && signatureForClient(block.signature),
          ),
        ]
      : [],
  )
  return parts.length === 0 && message.reasoning_content
    ? [{ text: message.reasoning_content, thought: true }]
    : parts
}

function parseImage(url: unknown): JsonObject | undefined {
  if (typeof url !== 'string' || !url.startsWith('data:')) return undefined
  const mark = url.indexOf(';base64,')
  return mark === -1 ? undefined : { mimeType: url.slice(5, mark), data: url.slice(mark + 8) }
}

export function signed(part: JsonObject, signature: unknown): JsonObject {
  return typeof signature === 'string' && signature !== '' ? { ...part, thoughtSignature: signature } : part
}

/** `groundingMetadata` built from another provider's citations, where Google's own is not at hand. */
export function groundingOf(
  choice: Pick<ChatChoice, 'provider_specific_fields'>,
  annotations: unknown,
  text: string,
): JsonObject {
  if (choice.provider_specific_fields?.grounding_metadata !== undefined) return {}
  const metadata = encodeGrounding(annotations, text)
  return metadata ? { groundingMetadata: metadata } : {}
}
