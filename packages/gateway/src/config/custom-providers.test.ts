import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from './load-config.ts'
import type { ConfigError } from './problem.ts'

async function load(yaml: string) {
  const path = join(await mkdtemp(join(tmpdir(), 'sluice-')), 'config.yaml')
  await writeFile(path, yaml)
  return loadConfig({ path, env: new Map() })
}

const ACME = `
providers:
  acme:
    base_url: https://api.acme.example/v1
    env: ACME_KEY
    key_header: X-Acme-Key
    endpoints: [embedding, rerank]
    chat: { developer_role: false, keeps: [reasoning_content] }
    params:
      max_completion_tokens: { rename: max_tokens }
      logit_bias: refuse
      temperature: { min: 0, max: 1 }
    model_params:
      - models: small-*
        params: { tools: refuse }
model_list:
  - model_name: m
    litellm_params: { model: acme/small-1, api_key: k }
`

test('an operator’s provider is called by its name, with the rules it was given', async () => {
  const { settings, warnings } = await load(ACME)
  expect(warnings).toEqual([])
  expect(settings.deployments[0]).toMatchObject({ provider: 'acme', model: 'small-1' })
  const acme = settings.providers.get('acme')
  expect(acme?.baseUrl).toBe('https://api.acme.example/v1')
  expect(Object.keys(acme?.endpoints ?? {}).sort()).toEqual(
    expect.arrayContaining(['chat', 'embedding', 'rerank']),
  )
  expect(acme?.params).toMatchObject({
    max_completion_tokens: { rename: 'max_tokens' },
    logit_bias: 'refuse',
    temperature: { min: 0, max: 1 },
  })
  expect(acme?.modelParams?.('small-1')).toEqual({ tools: 'refuse' })
  expect(acme?.modelParams?.('big-1')).toBeUndefined()
  const request = { method: 'POST' as const, url: 'https://x', headers: {} as Record<string, string> }
  const host = {
    now: Date.now,
    secret: () => undefined,
    exchange: () => Promise.reject(new Error('offline')),
  }
  await acme?.credentials.sign(request, 's3cret', settings.deployments[0] as never, host)
  expect(request.headers).toEqual({ 'x-acme-key': 's3cret' })
})

test.each([
  ['a built-in name', 'openai: { base_url: https://x.example }', /providers\.openai.*built in/s],
  ['no address', 'acme: { env: A }', /providers\.acme\.base_url.*required/s],
  [
    'a rule that is none',
    'acme: { base_url: https://x.example, params: { n: ignore } }',
    /params\.n.*rename/s,
  ],
  [
    'an endpoint that is none',
    'acme: { base_url: https://x.example, endpoints: [telepathy] }',
    /endpoints\[0\]/,
  ],
])('%s refuses the start, naming line and key', async (_, row, said) => {
  const refused = load(`providers:\n  ${row}\nmodel_list: []\n`)
  await expect(refused).rejects.toThrow(said)
  await expect(refused).rejects.toSatisfy((error: ConfigError) =>
    error.problems.every(({ line }) => line > 0),
  )
})
