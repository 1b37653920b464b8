import { randomUUID } from 'node:crypto'
import { providers } from '../providers/registry.ts'
import { resolveModel } from '../providers/resolve.ts'
import { splitOptions } from '../router/call-options.ts'
import { RouteTable, type RoutingSettings } from '../router/router.ts'
import type { ChatChunk, ChatRequest, ChatResponse } from '../types/chat.ts'
import type { Deployment } from '../types/deployment.ts'
import type { EmbeddingRequest, EmbeddingResponse } from '../types/embedding.ts'
import type { JsonObject } from '../types/json.ts'
import { sdkHost } from './host.ts'
import type { CallFacts, WithFacts } from './result.ts'
import { DIRECT, type RunOptions, run } from './run.ts'
import type { Stream } from './stream.ts'

/** An entry of LiteLLM's `model_list`. */
export interface ModelListEntry {
  readonly model_name: string
  readonly litellm_params: { readonly model: string; readonly [key: string]: unknown }
  readonly model_info?: JsonObject
}

export interface RouterOptions extends Partial<RoutingSettings> {
  readonly modelList: readonly ModelListEntry[]
}

const ROUTED: RoutingSettings = { ...DIRECT, allowedFails: 3, cooldownMs: 5_000, disableCooldowns: false }

/**
 * Many deployments behind few names: balances, retries, cools down and falls back.
 *
 * @example
 * const router = new Router({ modelList: [{ model_name: 'fast', litellm_params: { model: 'groq/llama-3.3-70b-versatile' } }] })
 * const reply = await router.completion({ model: 'fast', messages: [{ role: 'user', content: 'Hi' }] })
 */
export class Router {
  private readonly table: RouteTable

  constructor({ modelList, ...settings }: RouterOptions) {
    this.table = new RouteTable(modelList.map(deploymentOf), { ...ROUTED, ...settings }, sdkHost())
  }

  completion(
    request: ChatRequest & { stream: true },
    options?: RunOptions,
  ): Promise<Stream<ChatChunk, CallFacts>>
  completion(
    request: ChatRequest & { stream?: false | null },
    options?: RunOptions,
  ): Promise<WithFacts<ChatResponse>>
  completion(request: ChatRequest, options: RunOptions = {}) {
    return run('chat', request, options, 'openai-chat', this.table)
  }

  async embedding(
    request: EmbeddingRequest,
    options: RunOptions = {},
  ): Promise<WithFacts<EmbeddingResponse>> {
    return (await run(
      'embedding',
      request,
      options,
      'openai-embeddings',
      this.table,
    )) as WithFacts<EmbeddingResponse>
  }

  /** Names that may be asked for. */
  modelNames(): string[] {
    return this.table.groups.names()
  }
}

function deploymentOf(entry: ModelListEntry): Deployment {
  const { request, options = {} } = splitOptions(entry.litellm_params)
  const { model, weight, order, rpm, tpm, cooldown_time, ...params } = request
  const resolved = resolveModel(model, providers, options.provider, options.apiBase)
  const {
    apiKey,
    apiBase,
    apiVersion,
    organization,
    timeoutMs,
    streamTimeoutMs,
    headers,
    extraBody,
    mockResponse,
    dropParams,
    modifyParams,
    additionalDropParams,
    allowedOpenaiParams,
    numRetries: retries,
    tags,
  } = options
  return {
    ...resolved,
    id: typeof entry.model_info?.id === 'string' ? entry.model_info.id : randomUUID(),
    group: entry.model_name,
    ...{
      apiKey,
      apiBase,
      apiVersion,
      organization,
      timeoutMs,
      streamTimeoutMs,
      headers,
      extraBody,
      mockResponse,
      dropParams,
      modifyParams,
      additionalDropParams,
      allowedOpenaiParams,
      retries,
      tags,
    },
    ...(Object.keys(params).length > 0 && { params }),
    weight: numberOf(weight),
    order: numberOf(order),
    rpm: numberOf(rpm),
    tpm: numberOf(tpm),
    cooldownMs: typeof cooldown_time === 'number' ? cooldown_time * 1000 : undefined,
    modelInfo: entry.model_info,
  }
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
