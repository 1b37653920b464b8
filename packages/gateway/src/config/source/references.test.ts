import { expect, test } from 'vitest'
import { loadText, warningsOf } from '../testing/load-text.ts'

const model = (params: string) =>
  `model_list:\n  - model_name: a\n    litellm_params: { model: gpt-4o, ${params} }\n`

test('os.environ/ is resolved anywhere, and numbers and booleans in variables count', async () => {
  const env = { KEY: 'k', RPM: '60', DROP: 'True', TEAM: 'search' }
  const { settings } = await loadText(
    model(
      'api_key: os.environ/KEY, rpm: os.environ/RPM, drop_params: os.environ/DROP, extra_headers: { x-team: os.environ/TEAM }',
    ),
    { env },
  )
  expect(settings.deployments[0]).toMatchObject({
    apiKey: 'k',
    rpm: 60,
    dropParams: true,
    headers: { 'x-team': 'search' },
  })
})

test('environment_variables are set before the rest is read, and stay out of the process', async () => {
  const text = `environment_variables:\n  MY_KEY: from-file\n  COPY: os.environ/OUTSIDE\n  NUMBER: 007\n${model('api_key: os.environ/MY_KEY')}`
  const { settings } = await loadText(text, { env: { MY_KEY: 'outside', OUTSIDE: 'o' } })
  expect(settings.deployments[0]?.apiKey).toBe('from-file')
  expect(Object.fromEntries(settings.environment)).toEqual({
    MY_KEY: 'from-file',
    OUTSIDE: 'o',
    COPY: 'o',
    NUMBER: '007',
  })
  expect(process.env['MY_KEY']).toBeUndefined()
})

test('environment_variables may hold the master key', async () => {
  const { settings } = await loadText('environment_variables: { LITELLM_MASTER_KEY: sk-0123456789abcdefgh }')
  expect(settings.auth.masterKey).toBe('sk-0123456789abcdefgh')
})

test('an unset variable of an api_key warns by name, and the deployment is kept', async () => {
  const loaded = await loadText(model('api_key: os.environ/MISSING_KEY'))
  expect(loaded.settings.deployments[0]?.apiKey).toBeUndefined()
  expect(loaded.warnings).toMatchObject([
    {
      line: 3,
      key: 'model_list[0].litellm_params.api_key',
      message: 'environment variable MISSING_KEY is not set; the setting is left out',
    },
  ])
})

test('a deployment whose address is an unset variable is left out, so that its prompts go nowhere else', async () => {
  const text = `${model('api_base: os.environ/MISSING_BASE, api_key: os.environ/MISSING_KEY')}  - { model_name: b, litellm_params: { model: gpt-4o } }\n`
  const { settings, warnings } = await loadText(text)
  expect(settings.deployments.map(({ group }) => group)).toEqual(['b'])
  expect(warnings.map(({ message }) => message)).toEqual([
    'environment variable MISSING_BASE is not set; this deployment is left out',
  ])
})

test('unset members of lists and maps are left out with a warning each', async () => {
  const text = model('tags: [a, os.environ/T], extra_headers: { x-a: os.environ/H, x-b: v }')
  const { settings } = await loadText(text)
  expect(settings.deployments[0]).toMatchObject({ tags: ['a'], headers: { 'x-b': 'v' } })
  expect(await warningsOf(text)).toHaveLength(2)
})
