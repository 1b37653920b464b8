import { CREDENTIAL_PARAMS } from 'sluice/internal'
import { expect, test } from 'vitest'
import { loadText, problemsOf, warningsOf } from '../testing/load-text.ts'
import { deploymentId } from './deployment-id.ts'

test('a credential fills what the deployment leaves open', async () => {
  const text = `
credential_list:
  - credential_name: eu
    credential_values: { api_key: os.environ/EU_KEY, api_base: "https://eu.example.com", api_version: v1 }
    credential_info: { description: Europe }
model_list:
  - { model_name: a, litellm_params: { model: azure/x, litellm_credential_name: eu, api_version: v2 } }
`
  const { settings } = await loadText(text, { env: { EU_KEY: 'secret' } })
  expect(settings.deployments[0]).toMatchObject({
    apiKey: 'secret',
    apiBase: 'https://eu.example.com',
    apiVersion: 'v2',
  })
  expect(settings.deployments[0]?.params).toEqual({})
})

test('a credential that is not in the list is left to the database, with a warning that names the nearest', async () => {
  const text = `
credential_list:
  - { credential_name: azure-eu, credential_values: { api_key: k } }
model_list:
  - { model_name: a, litellm_params: { model: openai/x, litellm_credential_name: azure-ue } }
  - { model_name: b, litellm_params: { model: openai/x, litellm_credential_name: azure-eu } }
`
  const { settings, warnings } = await loadText(text)
  expect(settings.deployments).toMatchObject([{ credentialName: 'azure-ue' }, { apiKey: 'k' }])
  expect(settings.deployments[1]).not.toHaveProperty('credentialName')
  expect(warnings).toMatchObject([
    {
      key: 'model_list[0].litellm_params.litellm_credential_name',
      message: expect.stringMatching(/no credential azure-ue in credential_list; did you mean azure-eu\?/),
    },
  ])
})

test('a list of organizations makes one deployment each', async () => {
  const text =
    'model_list: [{ model_name: a, litellm_params: { model: gpt-4o, organization: [org-1, org-2] }, model_info: { mode: chat } }]'
  const { settings } = await loadText(text)
  expect(settings.deployments.map(({ organization }) => organization)).toEqual(['org-1', 'org-2'])
  expect(new Set(settings.deployments.map(({ id }) => id)).size).toBe(2)
  const named = await loadText(text.replace('mode: chat', 'id: x'))
  expect(named.settings.deployments.map(({ id }) => id)).toEqual(['x:org-1', 'x:org-2'])
})

test('supported_environments chooses by LITELLM_ENVIRONMENT, and variables of the others are not missed', async () => {
  const text = `
model_list:
  - model_name: a
    litellm_params: { model: gpt-4o, api_key: os.environ/PROD_KEY }
    model_info: { supported_environments: [production] }
  - model_name: b
    litellm_params: { model: gpt-4o }
    model_info: { supported_environments: [production, staging] }
`
  const { settings, warnings } = await loadText(text, { env: { LITELLM_ENVIRONMENT: 'staging' } })
  expect(settings.deployments.map(({ group }) => group)).toEqual(['b'])
  expect(warnings).toEqual([])
})

test('unlisted keys go to the provider, prices to the model, settings without effect nowhere', async () => {
  const text = `
model_list:
  - model_name: a
    litellm_params:
      model: openai/x
      s3_bucket_name: files
      some_new_flag: { deep: [1] }
      input_cost_per_token_above_200k_tokens: "3e-06"
      input_cost_per_token_batches: 1e-6
      prompt_id: b
      max_tokens: 100
`
  const { settings, warnings } = await loadText(text)
  expect(warnings.map(({ message }) => message)).toContainEqual(
    expect.stringMatching(
      /s3_bucket_name \(line 6\), .*prompt_id \(line 10\) are accepted but have no effect yet/,
    ),
  )
  expect(settings.deployments[0]?.params).toEqual({
    some_new_flag: { deep: [1] },
    max_tokens: 100,
  })
  expect(settings.deployments[0]?.modelInfo).toEqual({
    input_cost_per_token_above_200k_tokens: 3e-6,
    input_cost_per_token_batches: 1e-6,
  })
})

test('every parameter that a provider signs in with reaches the deployment, and no start-up warning', async () => {
  const named = [...CREDENTIAL_PARAMS].filter(name => !/^(s3|gcs)_|^aws_bedrock_project_id$/.test(name))
  const params = named.map(name => `${name}: ${/zero_temp|use_bearer/.test(name) ? 'true' : 'v'}`)
  const { settings, warnings } = await loadText(
    `model_list: [{ model_name: a, litellm_params: { model: bedrock/x, ${params.join(', ')} } }]`,
  )
  expect(Object.keys(settings.deployments[0]?.params ?? {}).toSorted()).toEqual(named.toSorted())
  expect(warnings).toEqual([])
})

test('in litellm_params a slip of one letter and a key of model_info are pointed out', async () => {
  const text =
    'model_list:\n- model_name: a\n  litellm_params:\n    model: gpt-4o\n    api_bas: x\n    base_model: y\n'
  expect(await warningsOf(text)).toEqual([
    '5:5 unknown key model_list[0].litellm_params.api_bas; did you mean api_base?',
    '6:5 key model_list[0].litellm_params.base_model belongs under model_list[].model_info; here it is passed on as it is',
  ])
})

test('mock_response and extra_body are kept as they are', async () => {
  const text =
    'model_list: [{ model_name: a, litellm_params: { model: gpt-4o, mock_response: "hi", extra_body: { x: { y: 1 } } } }]'
  const { settings } = await loadText(text)
  expect(settings.deployments[0]).toMatchObject({ mockResponse: 'hi', extraBody: { x: { y: 1 } } })
})

test('custom_llm_provider names the provider of a bare model', async () => {
  const text =
    'model_list: [{ model_name: a, litellm_params: { model: my-model, custom_llm_provider: hosted_vllm, api_base: "http://h:1/v1" } }]'
  expect((await loadText(text)).settings.deployments[0]).toMatchObject({
    provider: 'hosted_vllm',
    model: 'my-model',
  })
  expect(await problemsOf(text.replace('hosted_vllm', 'hosted_vlm'))).toEqual([
    '1:87 model_list[0].litellm_params.custom_llm_provider: unknown provider "hosted_vlm"; did you mean hosted_vllm?',
  ])
})

test('the id of a deployment does not depend on the order of its keys, and changes with every value', () => {
  const id = deploymentId('a', { model: 'x', api_key: '1', extra: { b: 1, a: 2 } })
  expect(deploymentId('a', { extra: { a: 2, b: 1 }, api_key: '1', model: 'x' })).toBe(id)
  expect(deploymentId('a', { model: 'x', api_key: '2', extra: { b: 1, a: 2 } })).not.toBe(id)
  expect(deploymentId('b', { model: 'x', api_key: '1', extra: { b: 1, a: 2 } })).not.toBe(id)
})
