import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../types/json.ts'
import { ProviderCaller } from '../../testing/provider-caller.ts'
import { azure } from './azure.ts'
import { azureAi } from './azure-ai.ts'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream.close())
beforeEach(() => upstream.reset())

const options = (model: string) => ({
  endpoint: 'chat' as const,
  deployment: { model, apiBase: upstream.url, apiKey: 'k-1' },
  request: { messages: [{ role: 'user' as const, content: 'Hi' }] },
})

/** Bodies as the services send them, by status. Source: https://learn.microsoft.com/azure/ai-foundry/openai and its quota and content-filter pages. */
const BODIES: readonly (readonly [number, JsonObject, string])[] = [
  [
    400,
    {
      code: 'context_length_exceeded',
      type: 'invalid_request_error',
      param: 'messages',
      message:
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens. Please reduce the length of the messages.",
    },
    'context_window',
  ],
  [
    400,
    {
      code: 'content_filter',
      param: 'prompt',
      status: 400,
      message:
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
      innererror: {
        code: 'ResponsibleAIPolicyViolation',
        content_filter_result: { jailbreak: { filtered: true } },
      },
    },
    'content_policy',
  ],
  [
    400,
    {
      code: 'invalid_prompt',
      message: 'Invalid prompt: your prompt was flagged as potentially violating our usage policy.',
    },
    'content_policy',
  ],
  [
    400,
    {
      code: 'OperationNotSupported',
      message: 'The chatCompletion operation does not work with the specified model.',
    },
    'bad_request',
  ],
  [
    401,
    {
      code: '401',
      message:
        'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key.',
    },
    'authentication',
  ],
  [
    401,
    {
      code: 'PermissionDenied',
      message:
        'The principal `p` lacks the required data action `Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action`.',
    },
    'permission',
  ],
  [
    403,
    {
      code: 'AuthenticationTypeDisabled',
      message: 'Key based authentication is disabled for this resource.',
    },
    'permission',
  ],
  [
    404,
    {
      code: 'DeploymentNotFound',
      message:
        'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.',
    },
    'not_found',
  ],
  [404, { code: '404', message: 'Resource not found' }, 'not_found'],
  [
    429,
    {
      code: '429',
      message:
        'Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 7 seconds.',
    },
    'rate_limit',
  ],
  [
    429,
    {
      code: 'insufficient_quota',
      type: 'insufficient_quota',
      message: 'You exceeded your current quota, please check your plan and billing details.',
    },
    'insufficient_quota',
  ],
  [
    500,
    {
      code: null,
      type: 'server_error',
      message: 'The model produced invalid content. Consider modifying your prompt.',
    },
    'content_policy',
  ],
  [503, { code: 'InternalServerError', message: 'Backend returned unexpected response.' }, 'unavailable'],
]

describe.each([azure, azureAi])('$name: a refusal is told by what it means', provider => {
  test.each(BODIES)('%i %j', async (status, error, kind) => {
    upstream.script({ status, body: { error } })
    const found = await new ProviderCaller(provider).failure(options('gpt-4o'))
    expect(found).toMatchObject({ kind, status, message: error.message, provider: provider.name })
    if (error.innererror) expect(found.providerSpecificFields).toMatchObject({ innererror: error.innererror })
  })
})

test('a rate limit says how long to wait', async () => {
  const error = { code: '429', message: 'Rate limit is exceeded. Try again in 7 seconds.' }
  upstream.script({ status: 429, body: { error }, headers: { 'retry-after': '7' } })
  expect(await new ProviderCaller(azure).failure(options('gpt-4o'))).toMatchObject({
    kind: 'rate_limit',
    retryable: true,
    retryAfterMs: 7_000,
  })
})

test('Foundry’s inference API wraps its errors in words of its own', async () => {
  const body = {
    error: { code: 'unknown_model', message: 'Unknown model: nope', details: 'Unknown model: nope' },
  }
  upstream.script({ status: 400, body })
  expect(await new ProviderCaller(azureAi).failure(options('nope'))).toMatchObject({ kind: 'not_found' })
})

test('Claude on Foundry refuses as Anthropic does', async () => {
  const body = {
    type: 'error',
    error: { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' },
  }
  upstream.script({ status: 400, body })
  expect(await new ProviderCaller(azureAi).failure(options('claude-sonnet-4-6'))).toMatchObject({
    kind: 'context_window',
  })
})
