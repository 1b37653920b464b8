import {
  type GatewayOptions,
  type RunningGateway,
  startGateway,
  startUpstream,
  type Upstream,
} from '@sluice/testkit'

/** A 1×1 PNG of 70 bytes. */
export const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** Model groups that speak each provider's wire, under names their clients know. */
export const chatModels = {
  openai: 'gpt-4o',
  anthropic: 'claude-sonnet-4-6',
  gemini: 'gemini-2.5-flash',
} as const
export type ProviderName = keyof typeof chatModels
export const providers = Object.keys(chatModels) as readonly ProviderName[]

/** What every model of the test gateway costs, dollars for one token. */
export const price = { input: 0.000_003, output: 0.000_015 } as const

/** A gateway in a process of its own in front of fake vendors. */
export interface Rig {
  readonly upstream: Upstream
  readonly gateway: RunningGateway
  /** Calls the gateway with the master key; the body is sent as JSON. */
  admin(path: string, body?: unknown): Promise<Response>
  /** Makes a virtual key and gives its secret. */
  newKey(fields?: object): Promise<string>
  close(): Promise<void>
}

export interface RigOptions extends Omit<GatewayOptions, 'config'> {
  /** Deployments besides the usual ones. */
  readonly models?: readonly object[]
  /** Sections of the configuration, merged over the usual ones. */
  readonly config?: Readonly<Record<string, object>>
  /** Default one of its own. */
  readonly upstream?: Upstream
}

/** Starts both; calls are not retried and deployments never rest, so that every failure is seen once. */
export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const { models, config, upstream: shared, ...rest } = options
  const upstream = shared ?? (await startUpstream())
  const gateway = await startGateway({ ...rest, config: configOf(upstream, models ?? [], config ?? {}) })
  const rig: Rig = {
    upstream,
    gateway,
    admin: (path, body) => post(gateway, path, body, gateway.masterKey),
    async newKey(fields = {}) {
      const response = await rig.admin('/key/generate', fields)
      const answer = (await response.json()) as { key: string }
      if (!response.ok) throw new Error(`no key: ${JSON.stringify(answer)}`)
      return answer.key
    },
    async close() {
      await gateway.stop()
      if (!shared) await upstream.close()
    },
  }
  return rig
}

/** Sends JSON with a key as the OpenAI client would; without a body it is a GET. */
export function post(gateway: RunningGateway, path: string, body: unknown, key: string): Promise<Response> {
  return fetch(`${gateway.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

/** The deployment `name` of a provider; `params` and `info` are LiteLLM's. */
export function deployment(
  upstream: Upstream,
  provider: ProviderName,
  name: string,
  info: object = {},
  model = name,
): object {
  return {
    model_name: name,
    litellm_params: {
      model: `${provider}/${model}`,
      api_base: baseOf(upstream, provider),
      api_key: 'vendor-key',
    },
    model_info: { input_cost_per_token: price.input, output_cost_per_token: price.output, ...info },
  }
}

/** One deployment of a group, with a key of its own; requests and scripts know it by its id, which is its model. */
export function member(
  upstream: Upstream,
  group: string,
  id: string,
  params: object = {},
  info: object = {},
): object {
  return {
    model_name: group,
    litellm_params: {
      ...{ model: `openai/${id}`, api_base: upstream.baseUrl('openai'), api_key: `key-${id}` },
      ...params,
    },
    model_info: { id, input_cost_per_token: price.input, output_cost_per_token: price.output, ...info },
  }
}

function baseOf(upstream: Upstream, provider: ProviderName): string {
  return provider === 'gemini' ? `${upstream.url}/v1beta` : upstream.baseUrl(provider)
}

function configOf(upstream: Upstream, models: readonly object[], config: Readonly<Record<string, object>>) {
  return {
    model_list: [
      ...providers.map(provider => deployment(upstream, provider, chatModels[provider])),
      // Any model of each wire, for the testkit's directives: `openai/testkit-429`.
      ...providers.map(provider => deployment(upstream, provider, `${provider}/*`, {}, '*')),
      deployment(upstream, 'openai', 'gpt-5'),
      deployment(upstream, 'openai', 'text-embedding-3-small'),
      deployment(upstream, 'gemini', 'gemini-embedding-001'),
      ...models,
    ],
    ...config,
    router_settings: { num_retries: 0, disable_cooldowns: true, ...config['router_settings'] },
    general_settings: { proxy_batch_write_at: 0.05, ...config['general_settings'] },
  }
}
