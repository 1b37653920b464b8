import type { JsonObject } from '../json.ts'
import type { WireName } from './wire.ts'

export interface SampleRequest {
  readonly path: string
  readonly body: JsonObject
}

/** A minimal chat request of a wire that asks for a stream, usage included where that must be asked for. */
export function sampleRequest(
  wire: WireName,
  text: string,
  model: string,
  includeUsage = true,
): SampleRequest {
  const messages = [{ role: 'user', content: text }]
  switch (wire) {
    case 'openai':
    case 'azure': {
      const options = includeUsage ? { stream_options: { include_usage: true } } : {}
      const path =
        wire === 'azure'
          ? `/openai/deployments/${encodeURIComponent(model)}/chat/completions?api-version=2024-10-21`
          : '/v1/chat/completions'
      return { path, body: { model, stream: true, ...options, messages } }
    }
    case 'anthropic':
      return { path: '/v1/messages', body: { model, stream: true, max_tokens: 1024, messages } }
    case 'gemini':
      return {
        path: `/v1beta/models/${encodeURIComponent(model)}:streamGenerateContent?alt=sse`,
        body: { contents: [{ role: 'user', parts: [{ text }] }] },
      }
  }
}
