import { type ErrorBody, error } from './error-body.ts'

/**
 * Bodies as vendors document them and as their users report them, 2025 and 2026: retold, not captured, so that a vendor may
 * word them otherwise today. Account names are made up.
 */
export const MAKER_ERRORS: readonly ErrorBody[] = [
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
]
