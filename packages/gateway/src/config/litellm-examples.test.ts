import { expect, test } from 'vitest'
import { loadText } from './testing/load-text.ts'

/** Loads a config as people write them for LiteLLM; answers group names and short warnings. */
async function summary(text: string, env: Readonly<Record<string, string>> = {}) {
  const { settings, warnings } = await loadText(text, { env })
  return { settings, warnings: warnings.map(({ line, key, message }) => `${line} ${key} ${message}`) }
}

test('a team with guardrails, tags and a semantic cache starts, and is told what does not protect it yet', async () => {
  const { settings, warnings } = await summary(`
model_list:
 - model_name: chat
   litellm_params:
     model: openai/gpt-4o
     api_key: not-needed
     api_base: http://localhost:8000/v1/
     tags: ["teamA"]
   model_info:
     id: "team-a-model"
     supports_vision: True
litellm_settings:
  cache: true
  cache_params:
    type: redis-semantic
    similarity_threshold: 0.8
    host: os.environ/REDIS_HOST
  callbacks: ["otel"]
router_settings:
  enable_tag_filtering: True
guardrails:
  - guardrail_name: "pii"
    litellm_params:
      guardrail: presidio
      mode: [pre_call, post_call]
      api_key: os.environ/GUARD_KEY
      guardrailIdentifier: ff6ujrregl1q
`)
  expect(settings.deployments[0]).toMatchObject({
    id: 'team-a-model',
    tags: ['teamA'],
    apiBase: 'http://localhost:8000/v1',
  })
  expect(warnings).toEqual([
    '0  Redis is asked for, and its address is not known: replicas share nothing',
    '13  litellm_settings.cache (line 13), litellm_settings.cache_params.type (redis-semantic) (line 15), litellm_settings.cache_params.similarity_threshold (line 16), litellm_settings.callbacks[0] (otel) (line 18) are accepted but have no effect yet',
    '17 litellm_settings.cache_params.host environment variable REDIS_HOST is not set; the setting is left out',
    '21 guardrails is accepted but NOT ENFORCED yet',
    '26 guardrails[0].litellm_params.api_key environment variable GUARD_KEY is not set; the setting is left out',
  ])
})

test('a proxy with pass-through routes and alerts starts, though their variables are not set', async () => {
  const { settings, warnings } = await summary(`
general_settings:
  master_key: sk-0123456789abcdefghijk
  alerting: ["slack"]
  alert_to_webhook_url: { llm_exceptions: ["os.environ/SLACK_URL", "https://hooks.example.com/x"] }
  pass_through_endpoints:
    - path: "/azure"
      target: os.environ/AZURE_BASE
      headers: { Authorization: "os.environ/AZURE_KEY", content-type: application/json }
      forward_headers: True
litellm_settings:
  telemetry: False
  set_verbose: True
  success_callback: ["langfuse", "prometheus"]
`)
  expect(settings.telemetry).toMatchObject({ logLevel: 'debug', callbacks: ['langfuse', 'prometheus'] })
  expect(warnings.filter(text => text.includes('is not set'))).toHaveLength(3)
  expect(warnings.filter(text => text.includes('no effect yet'))).toHaveLength(1)
})

test('anchors share parameters between deployments', async () => {
  const { settings, warnings } = await summary(
    `
model_list:
  - model_name: fast
    litellm_params: &shared
      model: openai/gpt-4o-mini
      api_key: os.environ/OPENAI_API_KEY
      timeout: 20
  - model_name: smart
    litellm_params:
      <<: *shared
      model: openai/gpt-4o
`,
    { OPENAI_API_KEY: 'k' },
  )
  expect(warnings).toEqual([])
  expect(settings.deployments).toMatchObject([
    { group: 'fast', model: 'gpt-4o-mini', apiKey: 'k', timeoutMs: 20_000 },
    { group: 'smart', model: 'gpt-4o', apiKey: 'k', timeoutMs: 20_000 },
  ])
})

test('the same deployment listed twice counts once', async () => {
  const entry = '  - { model_name: a, litellm_params: { model: anthropic/claude-sonnet-4-5 } }\n'
  const { settings } = await summary(`model_list:\n${entry}${entry}`)
  expect(settings.deployments).toHaveLength(1)
})
