import { endpoints } from '../../../endpoints/registry.ts'
import { SluiceError } from '../../../errors.ts'
import { applyParamRules } from '../../../providers/params/param-rules.ts'
import type { Binding, Provider } from '../../../providers/provider.ts'
import { providers } from '../../../providers/registry.ts'
import type { ChatRequest } from '../../../types/chat.ts'
import type { Warning } from '../../../types/warning.ts'
import type { CallInfo, Codec, InboundInfo } from '../../codec.ts'
import { encodeWithReceipts } from '../../receipts/receipts.ts'
import { codecs } from '../../registry.ts'
import type { GoldenRequest } from './chat-cases.ts'

/** A chat codec with the provider that stands for it: the columns of the golden matrix. */
export interface Column {
  readonly format: string
  readonly model: string
  readonly codec: Codec<'chat'>
  readonly provider: Provider
}

/** The model each column asks. A new chat codec adds its line here and gets its column. */
const MODELS: Readonly<Record<string, string>> = {
  'openai-chat': 'gpt-oss-120b',
  'anthropic-messages': 'claude-sonnet-4-5',
  gemini: 'gemini-2.5-flash',
  'openai-responses': 'gpt-5.1-codex',
  'cohere-chat': 'command-a-03-2025',
  'ollama-chat': 'qwen3',
  'bedrock-converse': 'anthropic.claude-sonnet-4-5-20250929-v1:0',
  'oci-generic-chat': 'meta.llama-4-maverick-17b-128e-instruct-fp8',
  'oci-cohere-chat': 'cohere.command-a-03-2025',
  'sap-orchestration': 'anthropic--claude-4.5-sonnet',
  'gigachat-chat': 'GigaChat-2-Max',
  a2a: 'an-agent',
}

const served = Object.values(codecs).flatMap(({ endpoint, format }) => (endpoint === 'chat' ? [format] : []))

/** The formats clients may speak, then those that are spoken to providers only. */
export const columns: readonly Column[] = [...new Set([...served, ...Object.keys(MODELS)])].map(columnOf)

function columnOf(format: string): Column {
  const model = MODELS[format]
  if (model === undefined) throw new Error(`Name a model for ${format} in golden/testing/columns.ts.`)
  for (const provider of providers.values()) {
    const binding = provider.endpoints.chat?.find((each: Binding<'chat'>) => each.codec.format === format)
    if (binding) return { format, model, codec: binding.codec, provider }
  }
  throw new Error(`No provider binds ${format}.`)
}

export interface Told<Info> {
  readonly info: Info
  readonly warnings: Warning[]
}

/** What the upstream half is told of a call. */
export function upstreamInfo(column: Column, stream = false): Told<CallInfo> {
  const { provider, model } = column
  const warnings: Warning[] = []
  const deployment = { id: 'd', group: 'g', provider: provider.name, model }
  const warn = (warning: Warning) => void warnings.push(warning)
  const info = { id: 'call-1', now: NOW, model, stream, deployment, maxOutputTokens: 64_000, warn }
  return { info, warnings }
}

/** What the inbound half is told; the facts that some formats keep in the path are given as a route gives them. */
export function inboundInfo(column: Column, stream = false): Told<InboundInfo> {
  const warnings: Warning[] = []
  const warn = (warning: Warning) => void warnings.push(warning)
  const inPath = column.codec.relay?.modelKey === undefined
  return { info: { id: 'call-1', now: NOW, warn, ...(inPath && { model: column.model, stream }) }, warnings }
}

/** Milliseconds since the epoch of every golden call. */
const NOW = 1_700_000_000_000

/** What a case became at a column. */
export interface Sent {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly warnings?: readonly Warning[]
  readonly refused?: { readonly kind: string; readonly param: string | undefined; readonly message: string }
}

/** The wire request of a case after the provider's parameter rules, with everything that was noted; or its refusal. */
export function encodeCase(column: Column, asked: GoldenRequest): Sent {
  const { codec, provider, model } = column
  const { info, warnings } = upstreamInfo(column, asked.stream === true)
  const request: ChatRequest = { ...asked, model }
  const target = { endpoint: endpoints.chat, codec, provider, deployment: info.deployment, model }
  const strictness = { dropParams: true, additionalDropParams: [], allowedOpenaiParams: [] }
  try {
    const allowed = applyParamRules(request, target, strictness, info.warn)
    const encoded = encodeWithReceipts(codec, allowed, info)
    const { body, headers } = encoded.wire
    warnings.push(...encoded.warnings)
    return {
      body: JSON.parse(JSON.stringify(body)) as unknown,
      ...(headers && Object.keys(headers).length > 0 && { headers }),
      ...(warnings.length > 0 && { warnings }),
    }
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    return { refused: { kind: error.kind, param: error.param, message: error.message } }
  }
}
