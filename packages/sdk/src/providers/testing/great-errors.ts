import { type ErrorBody, error } from './error-body.ts'

const anthropic = (type: string, message: string) => ({
  type: 'error',
  error: { type, message },
  request_id: 'req_x',
})
const google = (code: number, status: string, message: string, details?: readonly object[]) => ({
  error: { code, message, status, ...(details && { details }) },
})
const reason = (text: string) => [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: text }]
const aws = (type: string) => ({ 'x-amzn-errortype': type })

/**
 * What the vendors with a format of their own document for each of the situations that a caller must tell apart. Sources:
 * https://platform.openai.com/docs/guides/error-codes, https://platform.claude.com/docs/en/api/errors,
 * https://ai.google.dev/gemini-api/docs/troubleshooting,
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors,
 * https://learn.microsoft.com/azure/ai-foundry/openai/reference
 */
export const GREAT_ERRORS: readonly ErrorBody[] = [
  {
    provider: 'openai',
    status: 401,
    body: error({
      message: 'Incorrect API key provided: sk-x***x.',
      type: 'invalid_request_error',
      param: null,
      code: 'invalid_api_key',
    }),
    kind: 'authentication',
    code: 'invalid_api_key',
  },
  {
    provider: 'openai',
    status: 404,
    body: error({
      message: 'The model `gpt-99` does not exist or you do not have access to it.',
      type: 'invalid_request_error',
      param: null,
      code: 'model_not_found',
    }),
    kind: 'not_found',
  },
  {
    provider: 'openai',
    status: 429,
    headers: { 'retry-after-ms': '1500', 'retry-after': '2' },
    body: error({
      message: 'Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM).',
      type: 'tokens',
      param: null,
      code: 'rate_limit_exceeded',
    }),
    kind: 'rate_limit',
    retryAfterMs: 1500,
  },
  {
    provider: 'openai',
    status: 429,
    body: error({
      message: 'You exceeded your current quota, please check your plan and billing details.',
      type: 'insufficient_quota',
      param: null,
      code: 'insufficient_quota',
    }),
    kind: 'insufficient_quota',
    retryable: false,
  },
  {
    provider: 'openai',
    status: 400,
    body: error({
      message:
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 200000 tokens.",
      type: 'invalid_request_error',
      param: 'messages',
      code: 'context_length_exceeded',
    }),
    kind: 'context_window',
    param: 'messages',
  },
  {
    provider: 'openai',
    status: 400,
    body: error({
      message: 'Your request was rejected as a result of our safety system.',
      type: 'invalid_request_error',
      param: null,
      code: 'content_policy_violation',
    }),
    kind: 'content_policy',
  },
  {
    provider: 'openai',
    status: 503,
    body: error({
      message: 'The engine is currently overloaded, please try again later.',
      type: 'server_error',
      param: null,
      code: null,
    }),
    kind: 'unavailable',
    retryable: true,
  },
  {
    provider: 'openai',
    status: 500,
    body: error({
      message: 'The server had an error while processing your request. Sorry about that!',
      type: 'server_error',
      param: null,
      code: null,
    }),
    kind: 'internal',
    retryable: true,
  },
  {
    provider: 'anthropic',
    status: 401,
    body: anthropic('authentication_error', 'invalid x-api-key'),
    kind: 'authentication',
  },
  {
    provider: 'anthropic',
    status: 404,
    body: anthropic('not_found_error', 'model: claude-99'),
    kind: 'not_found',
  },
  {
    provider: 'anthropic',
    status: 429,
    headers: { 'retry-after': '12' },
    body: anthropic('rate_limit_error', 'This request would exceed your organization’s rate limit.'),
    kind: 'rate_limit',
    retryAfterMs: 12_000,
  },
  {
    provider: 'anthropic',
    status: 400,
    body: anthropic(
      'invalid_request_error',
      'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
    ),
    kind: 'insufficient_quota',
    retryable: false,
  },
  {
    provider: 'anthropic',
    status: 402,
    body: anthropic('billing_error', 'There is an issue with your billing or payment information.'),
    kind: 'insufficient_quota',
    retryable: false,
  },
  {
    provider: 'anthropic',
    status: 400,
    body: anthropic('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
    kind: 'context_window',
  },
  {
    provider: 'anthropic',
    status: 400,
    body: anthropic('invalid_request_error', 'Output blocked by content filtering policy'),
    kind: 'content_policy',
  },
  {
    provider: 'anthropic',
    status: 529,
    body: anthropic('overloaded_error', 'Overloaded'),
    kind: 'unavailable',
    retryable: true,
  },
  {
    provider: 'anthropic',
    status: 500,
    body: anthropic('api_error', 'Internal server error'),
    kind: 'internal',
    retryable: true,
  },
  {
    provider: 'gemini',
    status: 400,
    body: google(
      400,
      'INVALID_ARGUMENT',
      'API key not valid. Please pass a valid API key.',
      reason('API_KEY_INVALID'),
    ),
    kind: 'authentication',
  },
  {
    provider: 'gemini',
    status: 404,
    body: google(404, 'NOT_FOUND', 'models/gemini-99 is not found for API version v1beta.'),
    kind: 'not_found',
  },
  {
    provider: 'gemini',
    status: 429,
    body: google(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '17s' },
    ]),
    kind: 'rate_limit',
    retryAfterMs: 17_000,
  },
  {
    provider: 'gemini',
    status: 400,
    body: google(
      400,
      'INVALID_ARGUMENT',
      'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    ),
    kind: 'context_window',
  },
  {
    provider: 'gemini',
    status: 503,
    body: google(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'),
    kind: 'unavailable',
    retryable: true,
  },
  {
    provider: 'gemini',
    status: 500,
    body: google(500, 'INTERNAL', 'An internal error has occurred.'),
    kind: 'internal',
    retryable: true,
  },
  {
    provider: 'gemini',
    status: 504,
    body: google(504, 'DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.'),
    kind: 'timeout',
    retryable: true,
  },
  {
    provider: 'vertex_ai',
    status: 403,
    body: google(403, 'PERMISSION_DENIED', "Permission 'aiplatform.endpoints.predict' denied on resource."),
    kind: 'permission',
  },
  {
    provider: 'vertex_ai',
    status: 429,
    body: google(429, 'RESOURCE_EXHAUSTED', 'Resource exhausted. Please try again later.'),
    kind: 'rate_limit',
    retryable: true,
  },
  {
    provider: 'bedrock',
    status: 403,
    headers: aws('UnrecognizedClientException'),
    body: { message: 'The security token included in the request is invalid.' },
    kind: 'authentication',
  },
  {
    provider: 'bedrock',
    status: 403,
    headers: aws('AccessDeniedException'),
    body: { message: "You don't have access to the model with the specified model ID." },
    kind: 'permission',
  },
  {
    provider: 'bedrock',
    status: 404,
    headers: aws('ResourceNotFoundException'),
    body: { message: 'Could not resolve the foundation model from the model identifier: m' },
    kind: 'not_found',
  },
  {
    provider: 'bedrock',
    status: 429,
    headers: aws('ThrottlingException'),
    body: { message: 'Too many requests, please wait before trying again.' },
    kind: 'rate_limit',
    retryable: true,
  },
  {
    provider: 'bedrock',
    status: 400,
    headers: aws('ValidationException'),
    body: { message: 'Input is too long for requested model.' },
    kind: 'context_window',
  },
  {
    provider: 'bedrock',
    status: 503,
    headers: aws('ServiceUnavailableException'),
    body: { message: 'Bedrock is unable to process your request.' },
    kind: 'unavailable',
    retryable: true,
  },
  {
    provider: 'bedrock',
    status: 500,
    headers: aws('InternalServerException'),
    body: {
      message: 'The system encountered an unexpected error during processing. Try your request again.',
    },
    kind: 'internal',
    retryable: true,
  },
  {
    provider: 'azure',
    status: 401,
    body: error({
      code: '401',
      message:
        'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription.',
    }),
    kind: 'authentication',
  },
  {
    provider: 'azure',
    status: 404,
    body: error({
      code: 'DeploymentNotFound',
      message: 'The API deployment for this resource does not exist.',
    }),
    kind: 'not_found',
    code: 'DeploymentNotFound',
  },
  {
    provider: 'azure',
    status: 429,
    headers: { 'retry-after': '24' },
    body: error({
      code: '429',
      message:
        'Requests to the ChatCompletions_Create Operation have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 24 seconds.',
    }),
    kind: 'rate_limit',
    retryAfterMs: 24_000,
  },
  {
    provider: 'azure',
    status: 400,
    body: error({
      message:
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.",
      type: null,
      param: 'prompt',
      code: 'content_filter',
      status: 400,
      innererror: {
        code: 'ResponsibleAIPolicyViolation',
        content_filter_result: { hate: { filtered: true, severity: 'high' } },
      },
    }),
    kind: 'content_policy',
  },
  {
    provider: 'azure',
    status: 400,
    body: error({
      message: "This model's maximum context length is 128000 tokens.",
      type: 'invalid_request_error',
      param: 'messages',
      code: 'context_length_exceeded',
    }),
    kind: 'context_window',
  },
  {
    provider: 'databricks',
    status: 403,
    body: {
      error_code: 'PERMISSION_DENIED',
      message: 'User does not have permission to query this endpoint.',
    },
    kind: 'permission',
  },
  {
    provider: 'databricks',
    status: 404,
    body: {
      error_code: 'RESOURCE_DOES_NOT_EXIST',
      message: 'The given endpoint does not exist, please retry.',
    },
    kind: 'not_found',
  },
  {
    provider: 'databricks',
    status: 429,
    headers: { 'retry-after': '3' },
    body: {
      error_code: 'REQUEST_LIMIT_EXCEEDED',
      message: 'Exceeded workspace output tokens per minute rate limit.',
    },
    kind: 'rate_limit',
    retryAfterMs: 3000,
  },
]
