import { expect, test } from 'vitest'
import { ConfigError, formatProblems } from './problem.ts'
import { loadText, problemsOf, warningsOf } from './testing/load-text.ts'

const model = (params: string, rest = '') =>
  `model_list:\n  - model_name: m\n    litellm_params: { model: openai/gpt-4o, ${params} }\n${rest}`

test('all problems are told at once, each with file, line, column, key and remedy', async () => {
  const text = `litellm_settings:
  num_retries: three
  budget_duration: 1 month
general_settings:
  proxy_batch_write_at: [10]
  key_management_system: vault
router_settings:
  timeout: 0
  fallbacks: [gpt-4o]
`
  expect(await problemsOf(text)).toEqual([
    '2:16 litellm_settings.num_retries: expected a whole number ≥ 0, got "three"',
    '3:20 litellm_settings.budget_duration: expected a duration such as 30s, 5m, 1h, 7d, 2w or 1mo, got "1 month"',
    '5:25 general_settings.proxy_batch_write_at: expected seconds (a number ≥ 0), got a list',
    expect.stringContaining(
      '6:26 general_settings.key_management_system: expected one of aws_secret_manager',
    ),
    '8:12 router_settings.timeout: expected seconds (a number > 0), got 0',
    '9:15 router_settings.fallbacks[0]: expected a map with one group as its key',
  ])
  const error = await loadText(text).catch((reason: unknown) => reason)
  if (!(error instanceof ConfigError)) throw new Error('expected a refusal')
  const [first] = formatProblems(error.problems, { color: false }).split('\n')
  expect(first).toMatch(
    /config\.yaml:2:16 litellm_settings\.num_retries: expected a whole number ≥ 0, got "three"\. Remedy: Write for example num_retries: 3\.$/,
  )
})

test('a key written twice is refused with both lines', async () => {
  expect(await problemsOf('router_settings:\n  timeout: 1\n  num_retries: 2\n  timeout: 3\n')).toEqual([
    '4:3 router_settings.timeout: written twice: first on line 2, again on line 4',
  ])
})

test('a deployment without model, or without a name, is refused where it stands', async () => {
  expect(
    await problemsOf(
      'model_list:\n  - model_name: a\n    litellm_params: {}\n  - litellm_params:\n      model: gpt-4o\n',
    ),
  ).toEqual([
    '3:21 model_list[0].litellm_params.model: is required',
    '4:5 model_list[1].model_name: is required',
  ])
})

test('an unknown provider is refused with the nearest one', async () => {
  const text = 'model_list:\n  - model_name: a\n    litellm_params:\n      model: antropic/claude-x\n'
  expect(await problemsOf(text)).toEqual([
    '4:14 model_list[0].litellm_params.model: unknown provider "antropic"; did you mean anthropic?',
  ])
  expect(await problemsOf(text.replace('antropic/claude-x', 'qwen-x'))).toEqual([
    '4:14 model_list[0].litellm_params.model: no provider can be told from the model "qwen-x"',
  ])
})

test('a model without a name behind its provider is refused as such', async () => {
  expect(await problemsOf('model_list: [{ model_name: a, litellm_params: { model: azure/ } }]')).toEqual([
    '1:56 model_list[0].litellm_params.model: the model "azure/" has no name behind its provider',
  ])
})

test('an address that is no http address is refused', async () => {
  expect(await problemsOf(model('api_base: localhost:8000'))).toEqual([
    '3:55 model_list[0].litellm_params.api_base: expected an http:// or https:// address, got "localhost:8000"',
  ])
})

test('empty secrets refuse to start (CVE-2026-41432)', async () => {
  expect(await problemsOf('general_settings:\n  master_key: ""\n')).toEqual([
    '2:15 general_settings.master_key: an empty secret is refused',
  ])
  expect(await problemsOf(model('api_key: "  "'))).toEqual([
    '3:54 model_list[0].litellm_params.api_key: an empty secret is refused',
  ])
  expect(await problemsOf('model_list: []', { env: { LITELLM_MASTER_KEY: '' } })).toEqual([
    'environment LITELLM_MASTER_KEY: an empty secret is refused',
  ])
  const missing = 'general_settings:\n  master_key: os.environ/NOT_THERE\n'
  const expected = ['2:15 general_settings.master_key: environment variable NOT_THERE is not set, or empty']
  expect(await problemsOf(missing)).toEqual(expected)
  expect(await problemsOf(missing, { env: { NOT_THERE: '' } })).toEqual(expected)
})

test('a master key must start with sk-, and no message repeats it', async () => {
  const refused = await problemsOf('general_settings:\n  master_key: my-secret-word\n')
  expect(refused).toEqual(['2:15 general_settings.master_key: a master key must start with sk-'])
  expect(await warningsOf('general_settings: { master_key: sk-1234 }')).toEqual([
    '1:33 general_settings.master_key: is so short that it can be guessed',
  ])
})

test('no message repeats a secret or the value of a variable', async () => {
  const text = `
model_list:
  - model_name: a
    litellm_params: { model: openai/gpt-4o, api_key: [top-secret-1], rpm: os.environ/SLIPPED }
router_settings: { timeout: sk-top-secret-4, num_retries: "http://me:top-secret-5@host" }
general_settings: { master_key: { key: top-secret-2 } }
`
  const problems = await problemsOf(text, { env: { SLIPPED: 'top-secret-3' } })
  expect(problems).toEqual([
    '4:54 model_list[0].litellm_params.api_key: expected a secret, got a list',
    '4:75 model_list[0].litellm_params.rpm: expected a whole number ≥ 0, got the value of environment variable SLIPPED',
    '5:29 router_settings.timeout: expected seconds (a number > 0), got a string',
    '5:59 router_settings.num_retries: expected a whole number ≥ 0, got a string',
    '6:33 general_settings.master_key: expected a secret, got a map',
  ])
  expect(problems.join()).not.toContain('top-secret')
})

test('a secret in model_info is refused, because /model/info would show it', async () => {
  expect(await problemsOf(model('rpm: 1', '    model_info:\n      api_key: abc\n'))).toEqual([
    '5:7 model_list[0].model_info.api_key: /model/info would show this secret',
  ])
})

test('an empty file, a list and broken YAML are refused', async () => {
  expect(await problemsOf('')).toEqual(['1:1 the file is empty'])
  expect(await problemsOf('- a\n')).toEqual(['1:1 a config file is a map of sections'])
  expect(await problemsOf('model_list:\n  - a: "b\n')).toEqual([
    expect.stringMatching(/^\d+:\d+ not valid YAML: /),
  ])
})

test('two deployments with one id are refused, and a repeated deployment counts once', async () => {
  const entry = '  - { model_name: a, litellm_params: { model: gpt-4o }, model_info: { id: one } }\n'
  expect(await problemsOf(`model_list:\n${entry}${entry}`)).toEqual([
    '3:5 model_list[1].model_info.id: the deployment on line 2 has this id already',
  ])
  const plain = '  - { model_name: a, litellm_params: { model: gpt-4o } }\n'
  const { settings, warnings } = await loadText(`model_list:\n${plain}${plain}`)
  expect(settings.deployments).toHaveLength(1)
  expect(warnings.map(({ message }) => message)).toEqual([
    'is the same as the deployment on line 2; it counts once',
  ])
})
