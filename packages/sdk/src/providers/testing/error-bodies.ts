import type { ErrorKind } from '../../errors.ts'

/** An error as a vendor documents it or sends it. */
export interface ErrorBody {
  readonly provider: string
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly kind: ErrorKind
  readonly code?: string
  readonly retryable?: boolean
  readonly retryAfterMs?: number
  readonly message?: string
  readonly param?: string
}

const error = (more: object) => ({ error: more })

/** Copied from vendors' error pages and from reports of their users, 2025 and 2026; account names replaced. */
export const ERROR_BODIES: readonly ErrorBody[] = [
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
    provider: 'deepseek',
    status: 402,
    body: error({
      message: 'Insufficient Balance',
      type: 'unknown_error',
      param: null,
      code: 'invalid_request_error',
    }),
    kind: 'insufficient_quota',
    retryable: false,
  },
  {
    provider: 'deepseek',
    status: 401,
    body: error({
      message: 'Authentication Fails (no such user)',
      type: 'authentication_error',
      param: null,
      code: 'invalid_request_error',
    }),
    kind: 'authentication',
  },
  {
    provider: 'deepseek',
    status: 400,
    body: error({
      message: 'Content Exists Risk',
      type: 'invalid_request_error',
      param: null,
      code: 'invalid_request_error',
    }),
    kind: 'content_policy',
  },
  {
    provider: 'deepseek',
    status: 400,
    body: error({
      message:
        "This model's maximum context length is 131072 tokens. However, you requested 140000 tokens. Please reduce the length of the messages or completion.",
      type: 'invalid_request_error',
      param: null,
      code: 'invalid_request_error',
    }),
    kind: 'context_window',
  },
  {
    provider: 'xai',
    status: 400,
    body: {
      code: 'Client specified an invalid argument',
      error: 'Incorrect API key provided: xa***12. You can obtain an API key from https://console.x.ai.',
    },
    kind: 'authentication',
    code: 'Client specified an invalid argument',
  },
  {
    provider: 'xai',
    status: 403,
    body: {
      code: 'The caller does not have permission to execute the specified operation',
      error: 'Your team x has either used all available credits or reached its monthly spending limit.',
    },
    kind: 'insufficient_quota',
    retryable: false,
  },
  {
    provider: 'xai',
    status: 400,
    body: {
      code: 'Client specified an invalid argument',
      error: "This model's maximum prompt length is 131072 but the request contains 140000 tokens.",
    },
    kind: 'context_window',
  },
  {
    provider: 'xai',
    status: 403,
    body: {
      code: 'The caller does not have permission to execute the specified operation',
      error: 'Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_X',
    },
    kind: 'content_policy',
  },
  {
    provider: 'mistral',
    status: 429,
    body: {
      object: 'error',
      message: 'Service tier capacity exceeded for this model.',
      type: 'service_tier_capacity_exceeded',
      param: null,
      code: '3505',
    },
    kind: 'rate_limit',
    code: '3505',
    retryable: true,
  },
  {
    provider: 'mistral',
    status: 400,
    body: {
      object: 'error',
      message:
        'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
      type: 'invalid_request_prompt',
      param: null,
      code: '3051',
    },
    kind: 'context_window',
  },
  {
    provider: 'mistral',
    status: 400,
    body: { object: 'error', message: 'Invalid model: x', type: 'invalid_model', param: null, code: '1500' },
    kind: 'not_found',
  },
  {
    provider: 'mistral',
    status: 422,
    body: {
      detail: [
        {
          type: 'extra_forbidden',
          loc: ['body', 'tools', 0, 'x'],
          msg: 'Extra inputs are not permitted',
          input: 1,
        },
      ],
    },
    kind: 'unprocessable',
    message: 'tools[0].x: Extra inputs are not permitted',
    param: 'tools[0].x',
  },
  {
    provider: 'mistral',
    status: 401,
    body: { detail: 'Unauthorized' },
    kind: 'authentication',
    message: 'Unauthorized',
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
    provider: 'perplexity',
    status: 401,
    body: '<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>openresty/1.25.3.1</center>\r\n</body>\r\n</html>',
    kind: 'authentication',
    message: '401 Authorization Required',
  },
  {
    provider: 'perplexity',
    status: 401,
    body: error({
      message: 'You exceeded your current quota, please check your plan and billing details.',
      type: 'insufficient_quota',
      code: 401,
    }),
    kind: 'insufficient_quota',
    retryable: false,
  },
  {
    provider: 'perplexity',
    status: 400,
    body: error({ message: "Invalid model 'x'.", type: 'invalid_model', code: 400 }),
    kind: 'not_found',
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
    provider: 'moonshot',
    status: 429,
    body: error({
      message:
        'Your account x request reached organization max concurrency: 1, please try again after 1 seconds',
      type: 'rate_limit_reached_error',
    }),
    kind: 'rate_limit',
    retryAfterMs: 1000,
  },
  {
    provider: 'moonshot',
    status: 429,
    body: error({
      message: 'Your account x is suspended, please check your plan',
      type: 'exceeded_current_quota_error',
    }),
    kind: 'insufficient_quota',
    retryable: false,
  },
  {
    provider: 'moonshot',
    status: 429,
    body: error({
      message: 'The engine is currently overloaded, please try again later',
      type: 'engine_overloaded_error',
    }),
    kind: 'unavailable',
    retryable: true,
  },
  {
    provider: 'moonshot',
    status: 400,
    body: error({
      message: 'The request was rejected because it was considered high risk',
      type: 'content_filter',
    }),
    kind: 'content_policy',
  },
  {
    provider: 'moonshot',
    status: 400,
    body: error({
      message: 'Invalid request: Your request exceeded model token limit: 8192',
      type: 'invalid_request_error',
    }),
    kind: 'context_window',
  },
  {
    provider: 'dashscope',
    status: 429,
    body: error({
      message: 'You exceeded your current requests list.',
      type: 'limit_requests',
      param: null,
      code: 'limit_requests',
    }),
    kind: 'rate_limit',
    retryable: true,
  },
  {
    provider: 'dashscope',
    status: 400,
    body: error({
      message: 'Input data may contain inappropriate content.',
      type: 'data_inspection_failed',
      param: null,
      code: 'data_inspection_failed',
    }),
    kind: 'content_policy',
  },
  {
    provider: 'dashscope',
    status: 400,
    body: error({
      message: 'Access denied, please make sure your account is in good standing.',
      type: 'Arrearage',
      code: 'Arrearage',
    }),
    kind: 'insufficient_quota',
  },
  {
    provider: 'dashscope',
    status: 400,
    body: error({
      message: 'Range of input length should be [1, 30720]',
      type: 'invalid_request_error',
      code: 'invalid_parameter_error',
    }),
    kind: 'context_window',
  },
  {
    provider: 'zai',
    status: 429,
    body: error({ code: '1113', message: 'Insufficient balance or no resource package. Please recharge.' }),
    kind: 'insufficient_quota',
    code: '1113',
    retryable: false,
  },
  {
    provider: 'zai',
    status: 429,
    body: error({ code: '1302', message: 'High concurrency usage of this API, please reduce concurrency' }),
    kind: 'rate_limit',
    retryable: true,
  },
  {
    provider: 'zai',
    status: 400,
    body: error({ code: '1261', message: 'Prompt exceeds max length' }),
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
    provider: 'volcengine',
    status: 429,
    body: error({
      code: 'ServerOverloaded',
      message: 'The service is currently unable to handle additional requests',
      type: 'TooManyRequests',
    }),
    kind: 'unavailable',
    retryable: true,
  },
  {
    provider: 'volcengine',
    status: 403,
    body: error({
      code: 'AccountOverdueError',
      message: 'Your account has an overdue balance.',
      type: 'Forbidden',
    }),
    kind: 'insufficient_quota',
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
