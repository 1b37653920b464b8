import { createError } from '../../../errors.ts'
import type {
  ChatChunk,
  ChatChunkChoice,
  ChatDelta,
  ChatRequest,
  FinishReason,
  ToolCallDelta,
} from '../../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { StreamReader, WireEvent } from '../../../types/stream.ts'
import type { Usage } from '../../../types/usage.ts'
import type { CallInfo, EventEncoder } from '../../codec.ts'
import { parseEvent } from '../../parse-event.ts'
import { decodeStreamError, encodeError } from '../errors.ts'
import { SERVER_PARTS_KEY } from '../request/contents.ts'
import { showsThoughts } from '../request/thinking.ts'
import { decodeExtras, encodeExtras, encodeParts, groundingOf, readParts, spokenFields } from './candidate.ts'
import { decodeFinishReason, encodeFinishReason } from './finish-reason.ts'
import { countSearches, decodeGrounding } from './grounding.ts'
import { decodeLogprobs } from './logprobs.ts'
import { replyMetadata } from './metadata.ts'
import { blockedChoice, encodeCall, idSource, replyExtras, replyHead, withSearches } from './response.ts'
import { decodeTier, decodeUsage, encodeUsage } from './usage.ts'

/** Events of `streamGenerateContent?alt=sse` → chunks; the last one carries the usage. */
export function decodeStream(info: CallInfo): StreamReader<ChatChunk> {
  return new StreamDecoder(info)
}

interface CandidateState {
  calls: number
  text: string
  images: number
  server: JsonObject[]
  finished: boolean
}

type Head = Pick<ChatChunk, 'id' | 'created' | 'model'>

class StreamDecoder implements StreamReader<ChatChunk> {
  private readonly info: CallInfo
  private readonly nextId: () => string
  private readonly candidates = new Map<number, CandidateState>()
  private head: Head | undefined
  private usage: unknown
  private searches = 0

  constructor(info: CallInfo) {
    this.info = info
    this.nextId = idSource(info)
  }

  /** Every event tells the usage so far. */
  get toldUsage(): Usage | undefined {
    return withSearches(decodeUsage(this.usage), this.searches)
  }

  push(event: WireEvent): ChatChunk[] {
    const body = parseEvent(event.data, this.info)
    if (body.error != null) throw decodeStreamError(body.error, this.info)
    const head = (this.head ??= replyHead(body, this.info))
    if (body.usageMetadata != null) this.usage = body.usageMetadata
    const chunks: ChatChunk[] = []
    const candidates = (Array.isArray(body.candidates) ? (body.candidates as unknown[]) : []).filter(
      isJsonObject,
    )
    for (const [at, candidate] of candidates.entries()) this.decodeCandidate(candidate, at, head, chunks)
    const last = chunks.at(-1)
    if (last) Object.assign(last, replyMetadata(candidates), replyExtras(body, true))
    const blocked = this.candidates.size === 0 ? blockedChoice(body.promptFeedback) : undefined
    if (blocked) {
      this.candidates.set(0, { ...newState(), finished: true })
      const { message: _, ...rest } = blocked
      chunks.push(this.chunk(head, [{ ...rest, delta: { role: 'assistant', content: null } }]))
    }
    return chunks
  }

  end(): ChatChunk[] {
    const states = [...this.candidates.values()]
    if (this.head === undefined || states.length === 0 || states.some(state => !state.finished))
      throw createError({
        kind: 'truncated',
        message: 'The provider closed the stream before it was complete.',
        provider: this.info.deployment.provider,
        model: this.info.model,
      })
    const usage = this.toldUsage
    const tier = decodeTier(this.usage)
    if (usage === undefined) return []
    return [{ ...this.chunk(this.head, []), usage, ...(tier !== undefined && { service_tier: tier }) }]
  }

  private decodeCandidate(candidate: JsonObject, at: number, head: Head, chunks: ChatChunk[]): void {
    const index = typeof candidate.index === 'number' ? candidate.index : at
    let state = this.candidates.get(index)
    const fresh = state === undefined
    if (state === undefined) this.candidates.set(index, (state = newState()))
    const delta = this.decodeDelta(candidate, state)
    const logprobs = decodeLogprobs(candidate.logprobsResult)
    const native = typeof candidate.finishReason === 'string' ? candidate.finishReason : undefined
    const extras = decodeExtras(candidate, native)
    const specific = Object.keys(extras).length > 0 ? { provider_specific_fields: extras } : {}
    const ended = native !== undefined
    if (fresh || logprobs || Object.keys(delta).length > 0 || (!ended && specific.provider_specific_fields)) {
      const said = fresh ? { role: 'assistant' as const, ...delta } : delta
      const choice = { index, delta: said, finish_reason: null, ...(logprobs && { logprobs }) }
      chunks.push(this.chunk(head, [ended ? choice : { ...choice, ...specific }]))
    }
    if (!ended) return
    state.finished = true
    const finish_reason = decodeFinishReason(native, state.calls > 0, this.info.warn)
    chunks.push(this.chunk(head, [{ index, delta: {}, finish_reason, ...specific }]))
  }

  private decodeDelta(candidate: JsonObject, state: CandidateState): JsonObject {
    const spoken = readParts(candidate, this.nextId)
    state.text += spoken.text
    for (const image of spoken.images) image.index = state.images++
    state.server.push(...spoken.server)
    const fields = spokenFields(spoken)
    // Whoever joins deltas keeps the last list, so each one is complete.
    if (spoken.server.length > 0 && isJsonObject(fields.provider_specific_fields))
      fields.provider_specific_fields[SERVER_PARTS_KEY] = [...state.server]
    const calls: ToolCallDelta[] = spoken.calls.map(call => ({ ...call, index: state.calls++ }))
    const annotations = decodeGrounding(candidate.groundingMetadata, state.text)
    this.searches += countSearches(candidate.groundingMetadata)
    return {
      ...(spoken.text !== '' && { content: spoken.text }),
      ...fields,
      ...(calls.length > 0 && { tool_calls: calls }),
      ...(annotations.length > 0 && { annotations }),
    }
  }

  private chunk(head: Head, choices: ChatChunkChoice[]): ChatChunk {
    return { ...head, object: 'chat.completion.chunk', choices }
  }
}

function newState(): CandidateState {
  return { calls: 0, text: '', images: 0, server: [], finished: false }
}

/** Chunks → `GenerateContentResponse` events. Function calls go out whole; the last event tells reason and usage. */
export function encodeStream(request: ChatRequest): EventEncoder<'chat'> {
  return new StreamEncoder(showsThoughts(request))
}

interface OpenCall {
  id: string
  name: string
  arguments: string
  specific: JsonObject
}

interface ChoiceState {
  readonly calls: Map<number, OpenCall>
  readonly annotations: JsonObject[]
  text: string
  serverParts: number
  reason: FinishReason | undefined
  specific: JsonObject
}

class StreamEncoder implements EventEncoder<'chat'> {
  private readonly showThoughts: boolean
  private readonly choices = new Map<number, ChoiceState>()
  private head: JsonObject = {}
  private usage: Usage | undefined
  private feedback: unknown

  constructor(showThoughts: boolean) {
    this.showThoughts = showThoughts
  }

  push(chunk: ChatChunk): WireEvent[] {
    this.head = { modelVersion: chunk.model, responseId: chunk.id }
    if (chunk.usage) this.usage = chunk.usage
    const candidates = chunk.choices.flatMap(choice => this.encodeChoice(choice))
    return candidates.length > 0 ? [this.event({ candidates })] : []
  }

  /** Reason and usage wait for the end, because a hub stream names its usage last. */
  end(): WireEvent[] {
    const usage = this.usage ? { usageMetadata: encodeUsage(this.usage) } : {}
    if (this.feedback !== undefined) return [this.event({ promptFeedback: this.feedback, ...usage })]
    const candidates = [...this.choices].map(([index, state]) => ({
      content: { parts: takeCalls(state), role: 'model' },
      ...(state.reason && {
        finishReason: encodeFinishReason(state.reason, state.specific.native_finish_reason),
      }),
      index,
      ...encodeExtras({ provider_specific_fields: state.specific }),
      ...groundingOf({ provider_specific_fields: state.specific }, state.annotations, state.text),
    }))
    return [this.event({ candidates, ...usage })]
  }

  fail(error: Parameters<typeof encodeError>[0], requestId: string): WireEvent[] {
    return [{ data: JSON.stringify(encodeError(error, requestId)) }]
  }

  private encodeChoice(choice: ChatChunkChoice): JsonObject[] {
    let state = this.choices.get(choice.index)
    if (state === undefined) {
      state = { calls: new Map(), annotations: [], text: '', serverParts: 0, reason: undefined, specific: {} }
      this.choices.set(choice.index, state)
    }
    const { delta } = choice
    if (choice.provider_specific_fields) {
      state.specific = { ...state.specific, ...choice.provider_specific_fields }
      this.feedback ??= choice.provider_specific_fields.prompt_feedback
    }
    if (delta.content) state.text += delta.content
    if (Array.isArray(delta.annotations)) state.annotations.push(...(delta.annotations as JsonObject[]))
    const parts = encodeParts(freshParts(delta, state), this.showThoughts)
    for (const piece of delta.tool_calls ?? []) addPiece(state, piece)
    if (choice.finish_reason) {
      state.reason = choice.finish_reason
      parts.push(...takeCalls(state))
    }
    const { logprobsResult } = encodeExtras({ logprobs: choice.logprobs ?? null })
    if (parts.length === 0 && logprobsResult === undefined) return []
    return [
      {
        content: { parts, role: 'model' },
        index: choice.index,
        ...(logprobsResult !== undefined && { logprobsResult }),
      },
    ]
  }

  private event(body: JsonObject): WireEvent {
    return { data: JSON.stringify({ ...body, ...this.head }) }
  }
}

/** The delta with those server parts only that were not sent yet; each delta lists all so far. */
function freshParts(delta: ChatDelta, state: ChoiceState): Parameters<typeof encodeParts>[0] {
  const specific = delta.provider_specific_fields
  const listed = specific?.[SERVER_PARTS_KEY]
  if (!Array.isArray(listed)) return delta
  const fresh = listed.slice(state.serverParts)
  state.serverParts = listed.length
  return { ...delta, provider_specific_fields: { ...specific, [SERVER_PARTS_KEY]: fresh } }
}

/** Pieces of several calls may come in any order, so none is whole before the choice ends. */
function addPiece(state: ChoiceState, piece: ToolCallDelta): void {
  let call = state.calls.get(piece.index)
  if (call === undefined)
    state.calls.set(piece.index, (call = { id: '', name: '', arguments: '', specific: {} }))
  if (piece.id) call.id = piece.id
  call.name += piece.function?.name ?? ''
  call.arguments += piece.function?.arguments ?? ''
  call.specific = { ...call.specific, ...piece.provider_specific_fields }
}

function takeCalls(state: ChoiceState): JsonObject[] {
  const parts = [...state.calls.values()].map(call =>
    encodeCall({
      id: call.id,
      function: { name: call.name, arguments: call.arguments },
      provider_specific_fields: call.specific,
    }),
  )
  state.calls.clear()
  return parts
}
