import { type ErrorBody, error } from './error-body.ts'

/**
 * Bodies as vendors document them and as their users report them, 2025 and 2026: retold, not captured, so that a vendor may
 * word them otherwise today. Account names are made up.
 */
export const CLOUD_ERRORS: readonly ErrorBody[] = [
  {
    provider: 'groq',
    status: 429,
    body: error({
      message:
        'Rate limit reached for model `llama-3.3-70b-versatile` in organization `org_x` service tier `on_demand` on tokens per minute (TPM): Limit 6000, Used 5800, Requested 966. Please try again in 7.66s. Visit https://console.groq.com/docs/rate-limits for more information.',
      type: 'tokens',
      code: 'rate_limit_exceeded',
    }),
    kind: 'rate_limit',
    code: 'rate_limit_exceeded',
    retryable: true,
    retryAfterMs: 7660,
  },
  {
    provider: 'groq',
    status: 413,
    body: error({
      message: 'Request too large for model `m` on tokens per minute (TPM): Limit 6000, Requested 8100',
      type: 'tokens',
      code: 'rate_limit_exceeded',
    }),
    kind: 'too_large',
    retryable: false,
  },
  {
    provider: 'groq',
    status: 400,
    body: error({
      message: 'Please reduce the length of the messages or completion.',
      type: 'invalid_request_error',
      param: 'messages',
      code: 'context_length_exceeded',
    }),
    kind: 'context_window',
    code: 'context_length_exceeded',
    param: 'messages',
  },
  {
    provider: 'groq',
    status: 400,
    body: error({
      message: 'Organization has been restricted.',
      type: 'invalid_request_error',
      code: 'organization_restricted',
    }),
    kind: 'permission',
  },
  {
    provider: 'groq',
    status: 498,
    body: error({ message: 'Flex tier capacity exceeded', type: 'internal_server_error' }),
    kind: 'unavailable',
    retryable: true,
  },
  {
    provider: 'together_ai',
    status: 422,
    body: {
      id: 'x',
      error: {
        message:
          'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193. Given: 9000 `inputs` tokens and 500 `max_new_tokens`',
        type: 'invalid_request_error',
        param: 'max_tokens',
        code: null,
      },
    },
    kind: 'context_window',
  },
  {
    provider: 'together_ai',
    status: 403,
    body: error({
      message: 'Input token count + max_tokens exceeds the model context length',
      type: 'invalid_request_error',
    }),
    kind: 'context_window',
  },
  {
    provider: 'together_ai',
    status: 402,
    body: error({ message: 'Credit limit exceeded', type: 'credit_limit', param: null, code: null }),
    kind: 'insufficient_quota',
  },
  {
    provider: 'together_ai',
    status: 503,
    body: error({ message: 'The server is overloaded', type: 'service_unavailable', code: null }),
    kind: 'unavailable',
    retryable: true,
  },
  {
    provider: 'fireworks_ai',
    status: 400,
    body: error({
      object: 'error',
      type: 'invalid_request_error',
      code: 'invalid_request_error',
      message: 'The prompt is too long: 200000, model maximum context length: 131071',
    }),
    kind: 'context_window',
  },
  {
    provider: 'fireworks_ai',
    status: 412,
    body: error({
      message:
        'Account x is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices.',
    }),
    kind: 'insufficient_quota',
    retryable: false,
  },
  {
    provider: 'fireworks_ai',
    status: 404,
    body: error({ message: 'Model not found, inaccessible, and/or not deployed', code: 'NOT_FOUND' }),
    kind: 'not_found',
  },
  {
    provider: 'openrouter',
    status: 402,
    body: error({
      message: 'Insufficient credits. Add more using https://openrouter.ai/settings/credits',
      code: 402,
    }),
    kind: 'insufficient_quota',
    retryable: false,
  },
  {
    provider: 'openrouter',
    status: 403,
    body: error({
      code: 403,
      message: 'x requires moderation on OpenAI. Your input was flagged for "violence"',
      metadata: { reasons: ['violence'], flagged_input: '…', provider_name: 'OpenAI', model_slug: 'x' },
    }),
    kind: 'content_policy',
  },
  {
    provider: 'openrouter',
    status: 403,
    body: error({
      code: 403,
      message: 'Key limit exceeded (total limit). Manage it using https://openrouter.ai/settings/keys',
    }),
    kind: 'insufficient_quota',
  },
  {
    provider: 'openrouter',
    status: 429,
    body: error({
      message: 'Rate limit exceeded: free-models-per-min.',
      code: 429,
      metadata: {
        headers: {
          'X-RateLimit-Limit': '20',
          'X-RateLimit-Remaining': '0',
          'X-RateLimit-Reset': '1767225605000',
        },
        provider_name: null,
      },
    }),
    kind: 'rate_limit',
    retryable: true,
    retryAfterMs: 5000,
  },
  {
    provider: 'openrouter',
    status: 400,
    body: error({
      code: 400,
      message:
        "This endpoint's maximum context length is 131072 tokens. However, you requested about 140000 tokens.",
    }),
    kind: 'context_window',
  },
  {
    provider: 'openrouter',
    status: 502,
    body: error({
      message: 'Provider returned error',
      code: 502,
      metadata: { raw: 'x', provider_name: 'y' },
    }),
    kind: 'bad_gateway',
    retryable: true,
  },
  {
    provider: 'hosted_vllm',
    status: 400,
    body: {
      object: 'error',
      message:
        "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4900 in the messages, 100 in the completion).",
      type: 'BadRequestError',
      param: null,
      code: 400,
    },
    kind: 'context_window',
  },
  {
    provider: 'hosted_vllm',
    status: 404,
    body: error({
      message: 'The model `x` does not exist.',
      type: 'NotFoundError',
      param: 'model',
      code: 404,
    }),
    kind: 'not_found',
    param: 'model',
  },
  { provider: 'hosted_vllm', status: 401, body: { error: 'Unauthorized' }, kind: 'authentication' },
  {
    provider: 'llamafile',
    status: 400,
    body: error({
      code: 400,
      message: 'request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it',
      type: 'exceed_context_size_error',
      n_prompt_tokens: 5000,
      n_ctx: 4096,
    }),
    kind: 'context_window',
  },
  {
    provider: 'llamafile',
    status: 503,
    body: error({ code: 503, message: 'Loading model', type: 'unavailable_error' }),
    kind: 'unavailable',
    retryable: true,
  },
  {
    provider: 'lm_studio',
    status: 400,
    body: {
      error:
        'Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough.',
    },
    kind: 'context_window',
  },
  {
    provider: 'cerebras',
    status: 400,
    body: {
      message:
        'Please reduce the length of the messages or completion. Current length is 10000 while limit is 8192',
      type: 'invalid_request_error',
      param: 'messages',
      code: 'context_length_exceeded',
    },
    kind: 'context_window',
  },
  {
    provider: 'cerebras',
    status: 429,
    headers: {
      'x-ratelimit-remaining-requests-day': '0',
      'x-ratelimit-reset-requests-day': '33.5',
      'x-ratelimit-remaining-tokens-minute': '100',
      'x-ratelimit-reset-tokens-minute': '50',
    },
    body: {
      message: 'Tokens per minute limit exceeded - too many tokens processed.',
      type: 'too_many_tokens_error',
      param: 'quota',
      code: 'token_quota_exceeded',
    },
    kind: 'rate_limit',
    retryAfterMs: 33_500,
  },
  {
    provider: 'nvidia_nim',
    status: 429,
    body: {
      type: 'urn:nvcf-worker-service:problem-details:too-many-requests',
      title: 'Too Many Requests',
      status: 429,
    },
    kind: 'rate_limit',
    message: 'Too Many Requests',
  },
  {
    provider: 'nvidia_nim',
    status: 402,
    body: { status: 402, title: 'Payment Required', detail: "Account 'x': Cloud credits expired" },
    kind: 'insufficient_quota',
    message: "Account 'x': Cloud credits expired",
  },
  {
    provider: 'github',
    status: 429,
    body: error({
      code: 'RateLimitReached',
      message:
        'Rate limit of 15 per 60s exceeded for UserByModelByMinute. Please wait 42 seconds before retrying.',
    }),
    kind: 'rate_limit',
    retryAfterMs: 42_000,
  },
  {
    provider: 'github',
    status: 413,
    body: error({
      code: 'tokens_limit_reached',
      message: 'Request body too large for gpt-4o model. Max size: 8000 tokens.',
    }),
    kind: 'context_window',
  },
  {
    provider: 'huggingface',
    status: 402,
    body: { error: 'You have exceeded your monthly included credits for Inference Providers.' },
    kind: 'insufficient_quota',
    retryable: false,
  },
  {
    provider: 'novita',
    status: 404,
    body: '404 page not found',
    kind: 'not_found',
    message: '404 page not found',
  },
]
