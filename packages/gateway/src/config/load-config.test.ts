import { join, resolve } from 'node:path'
import { providers } from 'sluice/internal'
import { describe, expect, test } from 'vitest'
import { defaults } from './build/defaults.ts'
import { loadConfig } from './load-config.ts'
import { loadText, problemsOf, warningsOf } from './testing/load-text.ts'

const MASTER = 'sk-0123456789abcdefghij'

const PRODUCTION = `
model_list:
  - model_name: gpt-4o
    litellm_params:
      model: azure/gpt-4o-eu
      api_base: https://eu.example.com/
      api_key: os.environ/AZURE_API_KEY_EU
      api_version: 2024-10-21
      rpm: 600
      tpm: 100000
      timeout: 30.5
      temperature: 0.2
      input_cost_per_token: 0.0000025
    model_info:
      id: eu-1
      base_model: azure/gpt-4o
      mode: chat
      supports_vision: true
      owner: search team
  - model_name: gpt-4o
    litellm_params:
      model: openai/gpt-4o
      weight: 3
      order: 2
      num_retries: 1
      max_parallel_requests: 20
      cooldown_time: 0
      extra_headers: { X-Team: search }
      tags: [paid]
  - model_name: "anthropic/*"
    litellm_params: { model: "anthropic/*", api_key: os.environ/ANTHROPIC_API_KEY }
  - model_name: "*"
    litellm_params: { model: "*" }
litellm_settings:
  drop_params: True
  num_retries: 5
  request_timeout: 900
  context_window_fallbacks: [{ gpt-4o: [anthropic/claude-sonnet-4-5] }]
  callbacks: [prometheus]
  json_logs: yes
  max_budget: 100
  budget_duration: 30d
  timezone: Europe/Berlin
  model_alias_map: { old-name: gpt-4o }
general_settings:
  master_key: os.environ/LITELLM_MASTER_KEY
  database_url: postgresql://user:pw@db/litellm
  proxy_batch_write_at: 20
  max_request_size_mb: 2
  always_include_stream_usage: true
  litellm_key_header_name: X-My-Key
router_settings:
  routing_strategy: simple-shuffle
  num_retries: 3
  allowed_fails: 7
  cooldown_time: 60
  fallbacks: [{ gpt-4o: ["anthropic/claude-sonnet-4-5"] }]
  model_group_alias: { gpt-4: gpt-4o, secret-name: { model: gpt-4o, hidden: true } }
`
const ENV = {
  AZURE_API_KEY_EU: 'azure-secret',
  ANTHROPIC_API_KEY: 'anthropic-secret',
  LITELLM_MASTER_KEY: MASTER,
}

test('a production config of LiteLLM becomes deployments', async () => {
  const { settings, warnings } = await loadText(PRODUCTION, { env: ENV })
  expect(warnings.map(({ key, message }) => `${key} ${message}`)).toEqual([
    ' litellm_settings.json_logs (line 40) is accepted but has no effect yet',
  ])
  const [eu, second, wildcard, any] = settings.deployments
  expect(eu).toMatchObject({
    id: 'eu-1',
    group: 'gpt-4o',
    provider: 'azure',
    model: 'gpt-4o-eu',
    apiBase: 'https://eu.example.com',
    apiKey: 'azure-secret',
    apiVersion: '2024-10-21',
    rpm: 600,
    tpm: 100_000,
    timeoutMs: 30_500,
    params: { temperature: 0.2 },
    baseModel: 'azure/gpt-4o',
  })
  expect(eu?.modelInfo).toMatchObject({
    input_cost_per_token: 0.0000025,
    mode: 'chat',
    supports_vision: true,
    owner: 'search team',
  })
  expect(second).toMatchObject({
    provider: 'openai',
    weight: 3,
    order: 2,
    retries: 1,
    maxParallelRequests: 20,
    cooldownMs: 0,
    headers: { 'x-team': 'search' },
    tags: ['paid'],
  })
  expect(second?.id).toMatch(/^[0-9a-f]{64}$/)
  expect(wildcard).toMatchObject({ group: 'anthropic/*', provider: 'anthropic', model: '*' })
  expect(any).toMatchObject({ group: '*', provider: '*', model: '*' })
})

test('a production config of LiteLLM becomes settings', async () => {
  const { settings } = await loadText(PRODUCTION, { env: ENV })
  expect(settings.router).toMatchObject({
    strategy: 'simple-shuffle',
    retries: 3,
    timeoutMs: 900_000,
    allowedFails: 7,
    cooldownMs: 60_000,
  })
  expect(settings.router.fallbacks.get('gpt-4o')).toEqual(['anthropic/claude-sonnet-4-5'])
  expect(settings.router.contextWindowFallbacks.get('gpt-4o')).toEqual(['anthropic/claude-sonnet-4-5'])
  expect(Object.fromEntries(settings.router.groupAliases)).toEqual({
    'old-name': { group: 'gpt-4o', hidden: true },
    'gpt-4': { group: 'gpt-4o', hidden: false },
    'secret-name': { group: 'gpt-4o', hidden: true },
  })
  expect(settings.calls).toMatchObject({ dropParams: true, alwaysIncludeStreamUsage: true })
  expect(settings.auth).toMatchObject({ masterKey: MASTER, keyHeaderName: 'x-my-key' })
  expect(settings.database.url).toBe('postgresql://user:pw@db/litellm')
  expect(settings.server.maxRequestBytes).toBe(2 * 1024 * 1024)
  expect(settings.spend.flushMs).toBe(20_000)
  expect(settings.limits).toMatchObject({
    globalBudgetNanoUsd: 100e9,
    globalBudgetDuration: '30d',
    timezone: 'Europe/Berlin',
  })
  expect(settings.telemetry).toMatchObject({ callbacks: ['prometheus'], logLevel: 'info' })
})

test('strictness may come from the environment, and the file wins over it', async () => {
  const env = { LITELLM_DROP_PARAMS: 'True', LITELLM_MODIFY_PARAMS: 'true' }
  const { settings } = await loadText('litellm_settings: { modify_params: false }', { env })
  expect(settings.calls).toMatchObject({ dropParams: true, modifyParams: false })
})

test('router_settings wins over litellm_settings, which wins over the environment and the defaults', async () => {
  const env = { DEFAULT_MAX_RETRIES: '9' }
  const both = 'litellm_settings: { num_retries: 5, allowed_fails: 8 }\nrouter_settings: { num_retries: 3 }\n'
  expect((await loadText(both, { env })).settings.router).toMatchObject({ retries: 3, allowedFails: 8 })
  expect((await loadText('litellm_settings: { num_retries: 5 }', { env })).settings.router.retries).toBe(5)
  expect((await loadText('litellm_settings: {}', { env })).settings.router.retries).toBe(9)
  expect((await loadText('litellm_settings: {}')).settings.router).toMatchObject({
    retries: 2,
    allowedFails: 3,
    cooldownMs: 5_000,
    timeoutMs: 600_000,
    maxFallbacks: 5,
  })
})

test('the command line wins over variables, and SLUICE_ names win over the plain ones', async () => {
  const env = { HOST: '0.0.0.0', PORT: '5000', SLUICE_PORT: '5001', SLUICE_DATA_DIR: '/var/lib/gateway' }
  const plain = (await loadText('model_list: []', { env })).settings
  expect(plain.server).toMatchObject({ host: '0.0.0.0', port: 5001 })
  expect(plain.database.dataDirectory).toBe('/var/lib/gateway')
  const overridden = await loadText('model_list: []', {
    env,
    cliOverrides: { host: '::1', port: '6000', logLevel: 'warn' },
  })
  expect(overridden.settings.server).toMatchObject({ host: '::1', port: 6000 })
  expect(overridden.settings.telemetry.logLevel).toBe('warn')
})

test('wrong options and variables are refused by name', async () => {
  const cliOverrides = { port: 'http', logLevel: 'loud' }
  expect(await problemsOf('model_list: []', { env: { PORT: '70000' }, cliOverrides })).toEqual([
    'environment PORT: expected a whole number from 0 to 65535, got "70000"',
    'command line --port: expected a whole number from 0 to 65535, got "http"',
    'command line --log-level: expected one of trace, debug, info, warn, error, silent, got "loud"',
  ])
  expect(await warningsOf('model_list: []', { env: { SLUICE_PROT: '1' } })).toEqual([
    'environment unknown key SLUICE_PROT; did you mean SLUICE_PORT?',
  ])
})

test('without a config file the models come from the keys found, and the echo model is always there', async () => {
  const env = new Map([
    ['OPENAI_API_KEY', 'sk-x'],
    ['AZURE_API_KEY', ''],
    ['ANTHROPIC_API_KEY', 'y'],
  ])
  const { settings, files } = await loadConfig({ env })
  expect(settings.source).toBeUndefined()
  expect(files).toEqual([])
  const offered = settings.deployments.map(({ group, provider, model }) => `${group} = ${provider}/${model}`)
  expect(offered[0]).toBe('sluice-echo = mock/echo')
  const examples = (name: string) =>
    (providers.get(name)?.exampleModels ?? []).map(model => `${model} = ${name}/${model}`)
  expect(offered.slice(1).toSorted()).toEqual(
    [
      'openai/* = openai/*',
      ...examples('openai'),
      'anthropic/* = anthropic/*',
      ...examples('anthropic'),
    ].toSorted(),
  )
  expect(settings.server).toMatchObject({ host: defaults.host, port: defaults.port })
  expect(settings.database.dataDirectory).toBe(resolve('.sluice'))
})

test('with a config file the echo model is not offered', async () => {
  expect((await loadText('model_list: []', { env: { OPENAI_API_KEY: 'x' } })).settings.deployments).toEqual(
    [],
  )
})

test('CONFIG_FILE_PATH names the file where no path is given', async () => {
  const { settings } = await loadText('litellm_settings: { num_retries: 4 }')
  const env = new Map([['CONFIG_FILE_PATH', String(settings.source)]])
  expect((await loadConfig({ env })).settings.router.retries).toBe(4)
})

test('a file that does not exist is refused', async () => {
  const path = join('nowhere', 'config.yaml')
  await expect(loadConfig({ path, env: new Map() })).rejects.toThrow(/does not exist/)
})

test('the settings cannot be changed', async () => {
  const { settings } = await loadText(PRODUCTION, { env: ENV })
  expect(() => Object.assign(settings.router, { retries: 99 })).toThrow(TypeError)
  expect(() => Object.assign(settings.deployments[0]?.params ?? {}, { temperature: 2 })).toThrow(TypeError)
})

test('settings without effect are named in one warning, and what would protect gets its own', async () => {
  const text = `
router_settings:
  redis_host: localhost
  cache_responses: true
  routing_strategy: provider-budget-routing
  optional_pre_call_checks: [enforce_model_rate_limits, responses_api_deployment_check]
litellm_settings:
  cache: true
  cache_params: { type: redis, password: hidden-word }
  callbacks: [prometheus, langfuse]
  turn_off_message_logging: false
general_settings:
  mcp_internal_ip_ranges: ["10.0.0.1"]
  allow_requests_on_db_unavailable: true
`
  const warnings = await warningsOf(text)
  expect(warnings).toEqual([
    '4:3 router_settings.cache_responses (line 4), litellm_settings.cache (line 8), litellm_settings.callbacks[1] (langfuse) (line 10) are accepted but have no effect yet',
    '5:21 router_settings.routing_strategy: provider-budget-routing is accepted but has no effect yet',
    '6:57 router_settings.optional_pre_call_checks[1]: responses_api_deployment_check is accepted but has no effect yet',
    '13:3 general_settings.mcp_internal_ip_ranges: is accepted but NOT ENFORCED yet',
    '14:3 general_settings.allow_requests_on_db_unavailable: is accepted but has no effect yet',
  ])
  expect(warnings.join()).not.toContain('hidden-word')
})

describe('budgets of providers and deployments', () => {
  const deployment = (budget: string) => `
model_list: [{ model_name: a, litellm_params: { model: gpt-4o${budget} } }]
`
  test('are read by both of LiteLLM’s names, in the time zone of budgets', async () => {
    const { settings, warnings } = await loadText(`${deployment(', max_budget: 5, budget_duration: 7d')}
router_settings:
  optional_pre_call_checks: [router_budget_limiting]
  provider_budget_config:
    openai: { budget_limit: 0.5, time_period: 1d }
    anthropic: { max_budget: 100, budget_duration: 30d }
    azure: { budget_limit: 0 }
litellm_settings: { timezone: Europe/Berlin }
`)
    expect(warnings).toEqual([])
    expect(settings.deployments[0]).toMatchObject({ maxBudget: 5, budgetDuration: '7d', params: {} })
    expect(settings.router.budgetTimezone).toBe('Europe/Berlin')
    expect(settings.router.providerBudgets).toEqual(
      new Map([
        ['openai', { maxBudget: 0.5, duration: '1d' }],
        ['anthropic', { maxBudget: 100, duration: '30d' }],
        ['azure', { maxBudget: 0, duration: undefined }],
      ]),
    )
  })

  test('of a provider that does not exist, or without a limit, refuse the start', async () => {
    const refused = loadText(`
router_settings:
  provider_budget_config:
    opena: { budget_limit: 1, time_period: 1d }
    openai: { time_period: 1d }
    azure: { budget_limit: 1, time_period: daily }
`)
    await expect(refused).rejects.toThrow(/opena: there is no provider "opena"; did you mean openai\?/)
    await expect(refused).rejects.toThrow(/openai: the budget has no limit/)
    await expect(refused).rejects.toThrow(/azure\.time_period: expected a duration/)
  })

  test('a raised budget does not make another deployment', async () => {
    const ids = await Promise.all(
      ['', ', max_budget: 5', ', max_budget: 10, budget_duration: 1d'].map(async budget => {
        const { settings } = await loadText(deployment(budget))
        return settings.deployments[0]?.id
      }),
    )
    expect(new Set(ids).size).toBe(1)
  })
})

test('what keeps calls where they were, in our own words', async () => {
  const { settings, warnings } = await loadText(`
router_settings:
  optional_pre_call_checks: [prompt_caching, session_affinity]
  deployment_affinity_ttl_seconds: 60
  model_group_affinity_config: { gpt-4o: [deployment_affinity], none: [] }
`)
  expect(warnings).toEqual([])
  expect(settings.router).toMatchObject({
    affinity: ['session', 'prompt-cache'],
    affinityTtlMs: 60_000,
    groupAffinity: new Map([
      ['gpt-4o', ['deployment']],
      ['none', []],
    ]),
  })
})

test('the settings of routing, in our own words', async () => {
  const { settings, warnings } = await loadText(`
router_settings:
  routing_strategy: latency-based-routing
  routing_strategy_args: { ttl: 60, lowest_latency_buffer: 0.5, max_latency_list_size: 5 }
  retry_policy: { RateLimitErrorRetries: 3, AuthenticationErrorRetries: 0, DefaultRetries: 1 }
  model_group_retry_policy: { gpt-4o: { TimeoutErrorRetries: 4 } }
  retry_budget: 0.05
  allowed_fails_policy: { InternalServerErrorAllowedFails: 20 }
  enable_pre_call_checks: true
  optional_pre_call_checks: [enforce_model_rate_limits]
  enable_tag_filtering: true
  tag_filtering_match_any: false
  default_max_parallel_requests: 8
  max_waiting_requests: 9
  stream_idle_timeout: 20
model_list:
  - model_name: a
    litellm_params:
      model: openai/gpt-4o
      tag_regex: ["^User-Agent: app/"]
      region_name: eu-west-1
      stream_idle_timeout: 5
`)
  expect(warnings).toEqual([])
  expect(settings.router).toMatchObject({
    strategy: 'latency-based-routing',
    strategyArgs: { ttlMs: 60_000, lowestLatencyBuffer: 0.5, maxLatencyListSize: 5 },
    retryPolicy: {
      byClass: new Map([
        ['AuthenticationError', 0],
        ['RateLimitError', 3],
      ]),
      otherwise: 1,
    },
    modelGroupRetryPolicy: new Map([
      ['gpt-4o', { byClass: new Map([['TimeoutError', 4]]), otherwise: undefined }],
    ]),
    retryBudget: 0.05,
    allowedFailsPolicy: new Map([['InternalServerError', 20]]),
    enablePreCallChecks: true,
    enforceModelRateLimits: true,
    enableTagFiltering: true,
    tagFilteringMatchAny: false,
    defaultMaxParallelRequests: 8,
    maxWaiting: 9,
    streamIdleTimeoutMs: 20_000,
  })
  expect(settings.deployments).toMatchObject([
    { tagPatterns: [/^User-Agent: app\//], region: 'eu-west-1', streamIdleTimeoutMs: 5_000 },
  ])
})

test('a renamed config field is never silently ignored (#5673)', async () => {
  expect(await warningsOf('router_settings: { num_retry: 3 }')).toEqual([
    '1:20 unknown key router_settings.num_retry; did you mean num_retries?',
  ])
  expect(await warningsOf('general_settings:\n  some_old_name: 3')).toEqual([
    '2:3 unknown key general_settings.some_old_name; it has no effect',
  ])
  expect(await warningsOf('litellm_settings:\n  routing_strategy: simple-shuffle')).toEqual([
    '2:3 key litellm_settings.routing_strategy belongs under router_settings; here it has no effect',
  ])
  expect(await warningsOf('modellist: []')).toEqual(['1:1 unknown key modellist; did you mean model_list?'])
})

test('an old name that still counts is mapped to the new one, and both at once are refused', async () => {
  const deployment = (params: string) =>
    `model_list: [{ model_name: a, litellm_params: { model: gpt-4o, ${params} } }]`
  const { settings } = await loadText(deployment('base_url: "http://localhost:8000/v1"'))
  expect(settings.deployments[0]?.apiBase).toBe('http://localhost:8000/v1')
  const both = deployment('base_url: "http://a/v1", api_base: "http://b/v1"')
  expect(await problemsOf(both)).toEqual([
    '1:64 model_list[0].litellm_params.base_url: is another name for api_base, which stands on line 1',
  ])
})

test('fallbacks and aliases to groups that do not exist are named', async () => {
  const text = `
model_list:
  - { model_name: gpt-4o, litellm_params: { model: openai/gpt-4o } }
  - { model_name: "anthropic/*", litellm_params: { model: "anthropic/*" } }
router_settings:
  fallbacks: [{ gpt-4o: [gpt-4p, anthropic/claude-x] }]
  model_group_alias: { old: gone-for-ever }
`
  expect(await warningsOf(text)).toEqual([
    '6:26 router_settings.fallbacks[0].gpt-4o[0]: the fallback "gpt-4p" is no model_name of model_list; did you mean gpt-4o?',
    '7:29 router_settings.model_group_alias.old: the alias target "gone-for-ever" is no model_name of model_list',
  ])
})

test('weights by deployment id are read, and an id that does not exist warns', async () => {
  const text = (weights: string) => `model_list:
- model_name: chat
  litellm_params: { model: openai/gpt-4o, api_key: k }
  model_info: { id: canary }
router_settings:
  weights: { ${weights} }
`
  const { settings, warnings } = await loadText(text('canary: 0.5'))
  expect(settings.router.weights).toEqual(new Map([['canary', 0.5]]))
  expect(warnings).toEqual([])
  expect(await warningsOf(text('canari: 1'))).toEqual([
    '6:14 router_settings.weights.canari: no deployment has this id; did you mean canary?',
  ])
  expect(await problemsOf(text('canary: -1'))).toEqual([
    expect.stringContaining('router_settings.weights.canary: expected a number from 0 to 1000000'),
  ])
})
