import { randomUUID } from 'node:crypto'
import { badRequest } from '../errors.ts'
import { resolveModel } from '../providers/naming/resolve.ts'
import { providers } from '../providers/registry.ts'
import { splitOptions } from '../router/call-options.ts'
import { readAccessWindows } from '../router/filters/read-access-windows.ts'
import type { Deployment } from '../types/deployment.ts'
import type { JsonObject } from '../types/json.ts'

/** An entry of LiteLLM's `model_list`. */
export interface ModelListEntry {
  readonly model_name: string
  readonly litellm_params: { readonly model: string; readonly [key: string]: unknown }
  readonly model_info?: JsonObject
}

/** The deployment an entry describes. Throws `BadRequestError` naming the parameter that is wrong. */
export function deploymentOf({
  model_name: group,
  litellm_params,
  model_info: info,
}: ModelListEntry): Deployment {
  const { request, options = {} } = splitOptions(litellm_params)
  const { model, rest, ...numbers } = numbersOf(request)
  const { params, prices } = withoutPrices(rest)
  const resolved = resolveModel(model, providers, options.provider, options.apiBase)
  const { apiKey, apiBase, apiVersion, organization, headers, extraBody, mockResponse } = options
  const { dropParams, modifyParams, additionalDropParams, allowedOpenaiParams } = options
  const { timeoutMs, streamTimeoutMs, streamIdleTimeoutMs, numRetries: retries, tags } = options
  return {
    ...resolved,
    id: typeof info?.id === 'string' ? info.id : randomUUID(),
    group,
    ...{ apiKey, apiBase, apiVersion, organization, headers, extraBody, mockResponse },
    ...{ dropParams, modifyParams, additionalDropParams, allowedOpenaiParams },
    ...{ timeoutMs, streamTimeoutMs, streamIdleTimeoutMs, retries, tags },
    ...numbers,
    ...(Object.keys(params).length > 0 && { params }),
    baseModel: typeof info?.base_model === 'string' ? info.base_model : undefined,
    modelInfo: Object.keys(prices).length > 0 ? { ...prices, ...info } : info,
    accessWindows: readAccessWindows(info?.access_windows),
  }
}

/** What of the parameters concerns routing. */
function numbersOf(request: ModelListEntry['litellm_params']) {
  const {
    model,
    weight,
    order,
    rpm,
    tpm,
    max_parallel_requests,
    cooldown_time,
    max_budget,
    budget_duration,
    region_name,
    tag_regex,
    silent_model,
    silent_model_share,
    ...rest
  } = request
  const restMs = numberOf(cooldown_time)
  return {
    ...{ model, rest },
    weight: numberOf(weight),
    order: numberOf(order),
    rpm: numberOf(rpm),
    tpm: numberOf(tpm),
    maxParallelRequests: numberOf(max_parallel_requests),
    ...silentOf(silent_model, silent_model_share),
    cooldownMs: restMs === undefined ? undefined : restMs * 1000,
    maxBudget: numberOf(max_budget),
    budgetDuration: typeof budget_duration === 'string' ? budget_duration : undefined,
    region: typeof region_name === 'string' ? region_name : undefined,
    tagPatterns: patternsOf(tag_regex),
  }
}

const PRICE = /_cost_per_|_token_cost|^(tiered|off_peak)_pricing$|^regional_processing_uplift_/

/** LiteLLM takes prices among the parameters too; a provider would not. */
function withoutPrices(all: JsonObject): { params: JsonObject; prices: JsonObject } {
  const sorted = { params: {} as JsonObject, prices: {} as JsonObject }
  for (const [name, value] of Object.entries(all))
    sorted[PRICE.test(name) ? 'prices' : 'params'][name] = value
  return sorted
}

/** Groups that get copies, and of which share of the calls. */
function silentOf(model: unknown, share: unknown): Pick<Deployment, 'silentModels' | 'silentShare'> {
  if (model === undefined) return {}
  const silentModels: unknown[] = Array.isArray(model) ? model : [model]
  if (!silentModels.every(each => typeof each === 'string'))
    throw badRequest(
      'litellm_params.silent_model: must be the name of a group, or a list of them.',
      'silent_model',
    )
  const silentShare = numberOf(share)
  if (share === undefined || (silentShare !== undefined && silentShare >= 0 && silentShare <= 1))
    return { silentModels, silentShare }
  throw badRequest('litellm_params.silent_model_share: must be a number from 0 to 1.', 'silent_model_share')
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

function patternsOf(value: unknown): readonly RegExp[] | undefined {
  if (!Array.isArray(value)) return undefined
  return value.map((pattern, index) => {
    try {
      return new RegExp(String(pattern))
    } catch (cause) {
      throw badRequest(`litellm_params.tag_regex[${index}]: ${(cause as Error).message}`, 'tag_regex')
    }
  })
}
