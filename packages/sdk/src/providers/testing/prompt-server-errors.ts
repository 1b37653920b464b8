import type { ErrorBody } from './error-body.ts'

/** As the vendors' error pages, sources and users show them, 2025 and 2026; of providers with formats of their own. */
export const PROMPT_SERVER_ERRORS: readonly ErrorBody[] = [
  {
    provider: 'cohere',
    status: 400,
    body: {
      id: 'b1',
      message:
        'too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 4292. Try using a shorter prompt, or enable prompt truncating.',
    },
    kind: 'context_window',
    retryable: false,
  },
  {
    provider: 'cohere',
    status: 429,
    body: {
      message:
        "You are using a Trial key, which is limited to 20 API calls / minute. You can continue to use the Trial key for free or upgrade to a Production key with higher rate limits at 'https://dashboard.cohere.com/api-keys'.",
    },
    kind: 'rate_limit',
    retryable: true,
  },
  {
    provider: 'cohere',
    status: 498,
    body: { message: 'blocked output: please adjust the prompt and try again' },
    kind: 'content_policy',
  },
  {
    provider: 'ollama',
    status: 404,
    body: { error: "model 'llama9' not found" },
    kind: 'not_found',
    message: "model 'llama9' not found",
  },
  {
    provider: 'ollama',
    status: 500,
    body: { error: 'model requires more system memory (28.4 GiB) than is available (15.2 GiB)' },
    kind: 'unavailable',
  },
  {
    provider: 'ollama_chat',
    status: 400,
    body: { error: 'registry.ollama.ai/library/gemma:2b does not support tools' },
    kind: 'unsupported_params',
  },
  {
    provider: 'watsonx',
    status: 403,
    body: {
      errors: [
        {
          code: 'token_quota_reached',
          message: 'The token quota of your plan has been reached.',
          more_info: 'https://cloud.ibm.com/apidocs/watsonx-ai',
        },
      ],
      trace: '0a1b',
      status_code: 403,
    },
    kind: 'insufficient_quota',
    code: 'token_quota_reached',
    retryable: false,
  },
  {
    provider: 'watsonx',
    status: 400,
    body: {
      errors: [
        {
          code: 'invalid_input_argument',
          message:
            "Invalid input argument for Model 'ibm/granite-13b-chat-v2': the number of input tokens 9001 cannot exceed the total tokens limit 8192 for this model",
        },
      ],
      trace: '0a1c',
      status_code: 400,
    },
    kind: 'context_window',
  },
  {
    provider: 'replicate',
    status: 402,
    body: {
      title: 'Insufficient credit',
      detail:
        'You have insufficient credit to run this model. Go to https://replicate.com/account/billing to purchase credit.',
      status: 402,
    },
    kind: 'insufficient_quota',
    retryable: false,
  },
  {
    provider: 'replicate',
    status: 401,
    body: { title: 'Unauthenticated', detail: 'You did not pass a valid authentication token', status: 401 },
    kind: 'authentication',
    message: 'Unauthenticated: You did not pass a valid authentication token',
  },
  {
    provider: 'cloudflare',
    status: 429,
    body: {
      errors: [
        {
          message: 'AiError: you have used up your daily free allocation of 10,000 neurons',
          code: 3036,
        },
      ],
      success: false,
      result: {},
      messages: [],
    },
    kind: 'insufficient_quota',
    code: '3036',
    retryable: false,
  },
  {
    provider: 'cloudflare',
    status: 400,
    body: {
      success: false,
      errors: [
        {
          code: 7003,
          message: 'Could not route to /ai/models/x, perhaps your object identifier is invalid?',
        },
      ],
      messages: [],
      result: null,
    },
    kind: 'not_found',
  },
  {
    provider: 'snowflake',
    status: 401,
    body: { data: null, code: '390144', message: 'JWT token is invalid. [0a1b]', success: false },
    kind: 'authentication',
    code: '390144',
  },
  {
    provider: 'triton',
    status: 400,
    body: { error: "Request for unknown model: 'llama' is not found" },
    kind: 'bad_request',
  },
  {
    provider: 'predibase',
    status: 422,
    body: {
      error:
        'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8192. Given: 9000 `inputs` tokens and 256 `max_new_tokens`',
      error_type: 'validation',
    },
    kind: 'context_window',
  },
]
