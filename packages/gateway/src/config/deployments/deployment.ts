import type { Deployment, JsonObject } from 'sluice/internal'
import { litellmParams } from '../keys/litellm-params.ts'
import type { modelInfo } from '../keys/model-info.ts'
import type { Row, Values } from '../keys/row.ts'
import type { Report } from '../report.ts'
import { type MapNode, toJson } from '../source/node.ts'
import { deploymentId } from './deployment-id.ts'
import { resolveProvider } from './resolve-provider.ts'

export interface EntryValues {
  readonly group: string
  readonly params: Values<typeof litellmParams.rows>
  readonly info: Values<typeof modelInfo.rows>
}

/** The deployments of one entry of `model_list`: one, or one per organization. */
export function deploymentsOf(
  entry: EntryValues,
  node: MapNode,
  key: string,
  providers: ReadonlyMap<string, unknown>,
  report: Report,
): readonly Deployment[] {
  const { group, params, info } = entry
  if (params.model === undefined) return []
  const source = params.custom_llm_provider === undefined ? 'model' : 'custom_llm_provider'
  const place = node.entries.get(source)?.value.place ?? node.place
  const { model, custom_llm_provider: provider, api_base: apiBase } = params
  const written = { model, provider, apiBase }
  const resolved = resolveProvider(written, providers, place, `${key}.${source}`, report)
  if (!resolved) return []
  const organizations = params.organization ?? [undefined]
  // A raised budget must not make another deployment of it, with nothing spent yet.
  const { max_budget: _, budget_duration: __, ...hashed } = toJson(node) as JsonObject
  return organizations.map(organization => {
    const many = organizations.length > 1
    const own = info.id !== undefined && many ? `${info.id}:${organization}` : info.id
    const id = own ?? deploymentId(group, many ? { ...hashed, organization } : hashed)
    return { id, group, ...resolved, ...fields(params, info), organization }
  })
}

function fields(
  params: EntryValues['params'],
  info: EntryValues['info'],
): Omit<Deployment, 'id' | 'group' | 'provider' | 'model'> {
  const sorted = sortParams(params)
  return {
    apiKey: params.api_key,
    apiBase: params.api_base?.replace(/\/+$/, ''),
    apiVersion: params.api_version,
    headers: headersOf(params),
    params: sorted.params,
    extraBody: params.extra_body,
    dropParams: params.drop_params,
    modifyParams: params.modify_params,
    additionalDropParams: params.additional_drop_params,
    allowedOpenaiParams: params.allowed_openai_params,
    timeoutMs: milliseconds(params.timeout),
    streamTimeoutMs: milliseconds(params.stream_timeout),
    streamIdleTimeoutMs: milliseconds(params.stream_idle_timeout),
    retries: params.num_retries ?? params.max_retries,
    weight: params.weight,
    order: params.order,
    rpm: params.rpm,
    tpm: params.tpm,
    maxParallelRequests: params.max_parallel_requests,
    cooldownMs: milliseconds(params.cooldown_time),
    maxBudget: params.max_budget,
    budgetDuration: params.budget_duration,
    tags: params.tags,
    tagPatterns: params.tag_regex,
    region: params.region_name,
    silentModels: params.silent_model,
    silentShare: params.silent_model_share,
    maxFileBytes: params.max_file_size_mb === undefined ? undefined : params.max_file_size_mb * 1_048_576,
    accessWindows: windowsOf(info),
    baseModel: info.base_model,
    modelInfo: { ...sorted.prices, ...info },
    mockResponse: params.mock_response,
  }
}

/** Sends each remaining parameter where its row says: prices to the model's facts, the others to the provider. */
function sortParams(params: EntryValues['params']): { params: JsonObject; prices: JsonObject } {
  const rows: Readonly<Record<string, Row>> = litellmParams.rows
  const sorted = { params: {} as JsonObject, prices: {} as JsonObject }
  for (const [name, value] of Object.entries(params)) {
    const row = Object.hasOwn(rows, name)
      ? rows[name]
      : litellmParams.patterns.find(pattern => pattern.matches(name))?.row
    if (!row || row.to === 'deployment.params') sorted.params[name] = value
    else if (row.to === 'deployment.modelInfo') sorted.prices[name] = value
  }
  return sorted
}

/** Windows that are wrong were reported when they were read. */
function windowsOf({ access_windows: windows = [] }: EntryValues['info']): Deployment['accessWindows'] {
  const read = windows.flatMap(({ start, end, timezone = 'UTC', team_ids: teamIds }) =>
    start && end && teamIds ? [{ start, end, timezone, teamIds }] : [],
  )
  return read.length > 0 ? read : undefined
}

function headersOf(params: EntryValues['params']): Record<string, string> | undefined {
  if (!params.headers && !params.extra_headers) return undefined
  const pairs = [...(params.headers ?? []), ...(params.extra_headers ?? [])]
  return Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), value]))
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 1000)
}
