import { createHost } from '../api/host.ts'
import type { Call } from '../call.ts'
import { createCatalogue } from '../models/catalogue.ts'
import type { RoutingHost } from '../router/router.ts'
import type { ChatChunk, ChatRequest } from '../types/chat.ts'
import type { Deployment } from '../types/deployment.ts'
import type { Warning } from '../types/warning.ts'

/** Longer than any secret that is not looked for, and nothing an answer would say. */
export const SECRET = 'sk-secret-0123456789'

/** Surroundings on real sockets, without the environment and without chance. */
export function testHost(over: Partial<RoutingHost> = {}): RoutingHost {
  return { ...createHost(createCatalogue(), () => undefined, 1024 * 1024), random: () => 0, ...over }
}

export function deploymentAt(apiBase: string, over: Partial<Deployment> = {}): Deployment {
  return { id: 'd', group: 'g', provider: 'openai', model: 'm', apiKey: SECRET, apiBase, ...over }
}

/** A chat call of one deployment; its warnings collect in `warnings`. */
export function askChat(
  deployment: Deployment,
  request: Partial<ChatRequest> = {},
  over: Partial<Call<'chat'>> = {},
): Call<'chat'> & { readonly warnings: Warning[] } {
  const warnings: Warning[] = []
  return {
    endpoint: 'chat',
    clientFormat: 'openai-chat',
    request: { model: 'asked', messages: [{ role: 'user', content: 'Hello there' }], ...request },
    deployment,
    id: 'call-1',
    now: 1_700_000_000_000,
    strictness: { dropParams: false, additionalDropParams: [], allowedOpenaiParams: [] },
    timeoutMs: 5_000,
    warn: warning => void warnings.push(warning),
    warnings,
    ...over,
  }
}

/** The same call as a client sent it, in its own bytes. */
export function asSent(call: Call<'chat'>, text = JSON.stringify(call.request), format = 'openai-chat') {
  const body = JSON.parse(text) as ChatRequest
  return { ...call, request: body, original: { format, bytes: Buffer.from(text), body } }
}

/** The text that chunks say. */
export function textOf(chunks: readonly ChatChunk[]): string {
  return chunks.map(chunk => chunk.choices[0]?.delta.content ?? '').join('')
}

/** What a promise rejects with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    value => {
      throw new Error(`Expected a rejection, got ${JSON.stringify(value)}.`)
    },
    (error: unknown) => error,
  )
}
