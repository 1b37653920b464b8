import { endpoints } from '../../endpoints/registry.ts'
import { createError } from '../../errors.ts'
import type { ChatChunk, ChatRequest, ChatResponse } from '../../types/chat.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { JsonObject } from '../../types/json.ts'
import type { Warning } from '../../types/warning.ts'
import { bind } from '../bind.ts'
import { applyParamRules } from '../params/param-rules.ts'
import { providers } from '../registry.ts'

/** One provider's chat as its wire sees it: parameter rules and codec, no network. */
export function wireOf(name: string, model = 'm') {
  const provider = providers.get(name)
  if (!provider) throw createError({ kind: 'unknown_provider', message: name })
  const binding = bind(provider, 'chat', undefined, model)
  const { codec } = binding
  const deployment: Deployment = { id: 'd', group: 'g', provider: name, model }
  const warnings: Warning[] = []
  const infoOf = (stream: boolean) => ({
    id: 'id',
    now: 0,
    model: binding.model ? binding.model(model) : model,
    stream,
    deployment,
    warn: (warning: Warning) => void warnings.push(warning),
  })
  return {
    warnings,
    relays: codec.relay !== undefined,
    /** What is sent for a request; refuses what the provider cannot express. */
    sends(request: Partial<ChatRequest>, dropParams = false) {
      warnings.length = 0
      const full: ChatRequest = { model, messages: [{ role: 'user', content: 'hi' }], ...request }
      const target = { endpoint: endpoints.chat, codec, provider, deployment, model }
      const strictness = { dropParams, additionalDropParams: [], allowedOpenaiParams: [] }
      const info = infoOf(request.stream === true)
      return codec.upstream.encodeRequest(applyParamRules(full, target, strictness, info.warn), info)
    },
    /** A whole reply in the hub's words. */
    reads: (body: JsonObject): ChatResponse => codec.upstream.decodeResponse(body, infoOf(false)),
    /** A stream's chunks in the hub's words. */
    streams(chunks: readonly JsonObject[]): ChatChunk[] {
      const decoder = codec.upstream.decodeStream?.(infoOf(true))
      if (!decoder) throw createError({ kind: 'internal', message: `${name} does not stream.` })
      const events = chunks.map(chunk => ({ data: JSON.stringify(chunk) }))
      return [...events, { data: '[DONE]' }].flatMap(event => [...decoder.push(event)])
    },
  }
}

/** A whole reply of one choice. */
export function replyOf(message: JsonObject, more: JsonObject = {}, finish = 'stop'): JsonObject {
  return {
    id: 'r',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
    ...more,
  }
}

/** A chunk of one choice. */
export function chunkOf(delta: JsonObject, more: JsonObject = {}, finish: string | null = null): JsonObject {
  return { id: 'r', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }], ...more }
}
