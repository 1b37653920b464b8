import type { Column } from '../columns.ts'

/** An error as a vendor words it. */
export interface Refusal {
  readonly sheet: `${Column['endpoint']}-${string}`
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly provider?: string
}

const detail = (status: string, message: string) => ({ detail: { status, message } })

/** Error bodies that chats of the same vendor, where it has any, do not have: retold from the vendors' references, 2026-01. */
export const REFUSALS: readonly Refusal[] = [
  {
    sheet: 'image_generation-openai-images',
    status: 400,
    body: {
      error: {
        code: 'moderation_blocked',
        type: 'image_generation_user_error',
        message: 'Your request was rejected by the safety system.',
        param: null,
      },
    },
  },
  {
    sheet: 'image_generation-openai-images',
    status: 400,
    body: {
      error: {
        code: 'content_policy_violation',
        type: 'image_generation_user_error',
        message: 'This request has been blocked by our content filters.',
      },
    },
  },
  {
    sheet: 'image_generation-openai-images',
    status: 400,
    body: {
      error: {
        code: 'billing_hard_limit_reached',
        message: 'Billing hard limit has been reached',
        type: 'billing_limit_user_error',
      },
    },
  },
  {
    sheet: 'image_generation-bfl',
    status: 422,
    body: {
      detail: [{ loc: ['body', 'width'], msg: 'Input should be a multiple of 32', type: 'multiple_of' }],
    },
  },
  { sheet: 'image_generation-bfl', status: 402, body: { detail: 'Insufficient credits' } },
  {
    sheet: 'image_generation-bfl',
    status: 403,
    body: { detail: 'Not authenticated - Invalid Authentication' },
  },
  {
    sheet: 'image_generation-fal-ai',
    status: 422,
    body: {
      detail: [
        {
          loc: ['body', 'prompt'],
          msg: 'The content could not be processed because it contained material flagged by a content checker.',
          type: 'content_policy_violation',
        },
      ],
    },
  },
  {
    sheet: 'image_generation-fal-ai',
    status: 401,
    body: { detail: 'Cannot access application "fal-ai/flux". Authentication is required.' },
  },
  {
    sheet: 'image_generation-stability',
    status: 403,
    body: {
      id: '4212a4b6',
      name: 'content_moderation',
      errors: ['Your request was flagged by our content moderation system.'],
    },
  },
  {
    sheet: 'image_generation-stability',
    status: 402,
    body: {
      id: 'a',
      name: 'payment_required',
      errors: ['You lack sufficient credits to make this request.'],
    },
  },
  {
    sheet: 'image_generation-stability',
    status: 429,
    body: {
      id: 'b',
      name: 'rate_limit_exceeded',
      errors: ['You have exceeded the rate limit of 150 requests within a 10 second period.'],
    },
  },
  {
    sheet: 'image_generation-openai-images',
    provider: 'recraft',
    status: 400,
    body: { code: 'not_enough_credits', message: 'You do not have enough credits.' },
  },
  {
    sheet: 'image_generation-dashscope-images',
    status: 400,
    body: {
      request_id: '31f808fd',
      code: 'DataInspectionFailed',
      message: 'Output data may contain inappropriate content.',
    },
  },
  {
    sheet: 'image_generation-dashscope-images',
    status: 429,
    body: { request_id: 'r', code: 'Throttling.AllocationQuota', message: 'Free allocated quota exceeded.' },
  },
  {
    sheet: 'image_generation-runwayml',
    status: 400,
    body: {
      error: 'Validation of body failed',
      docUrl: 'https://docs.dev.runwayml.com',
      issues: [{ code: 'invalid_enum_value', message: 'Invalid enum value.', path: ['ratio'] }],
    },
  },
  {
    sheet: 'image_generation-runwayml',
    status: 400,
    body: { error: 'You do not have enough credits to run this task.' },
  },
  {
    sheet: 'image_generation-imagen',
    status: 400,
    body: {
      error: {
        code: 400,
        message:
          'The prompt could not be submitted. This prompt contains sensitive words that violate the Responsible AI practices.',
        status: 'INVALID_ARGUMENT',
      },
    },
  },
  { sheet: 'image_variation-topaz', status: 413, body: { message: 'Image too large' } },
  { sheet: 'speech-elevenlabs-speech', status: 401, body: detail('invalid_api_key', 'Invalid API key') },
  {
    sheet: 'speech-elevenlabs-speech',
    status: 401,
    body: detail('quota_exceeded', 'This request exceeds your quota. You have 10 credits remaining.'),
  },
  {
    sheet: 'speech-elevenlabs-speech',
    status: 404,
    body: detail('voice_not_found', 'A voice with the voice_id x was not found.'),
  },
  {
    sheet: 'speech-elevenlabs-speech',
    status: 422,
    body: { detail: [{ loc: ['body', 'text'], msg: 'Field required', type: 'missing' }] },
  },
  {
    sheet: 'speech-elevenlabs-speech',
    status: 429,
    body: detail('too_many_concurrent_requests', 'Too many concurrent requests.'),
  },
  {
    sheet: 'speech-deepgram-speech',
    status: 401,
    body: { err_code: 'INVALID_AUTH', err_msg: 'Invalid credentials.', request_id: 'r' },
  },
  {
    sheet: 'speech-deepgram-speech',
    status: 413,
    body: {
      err_code: 'PAYLOAD_TOO_LARGE',
      err_msg: 'Input text exceeds maximum character limit of 2000.',
      request_id: 'r',
    },
  },
  {
    sheet: 'transcription-deepgram-transcriptions',
    status: 402,
    body: {
      category: 'ASR_PAYMENT_REQUIRED',
      message: 'Project does not have enough credits.',
      details: 'Add credits.',
      request_id: 'r',
    },
  },
  {
    sheet: 'transcription-assemblyai-transcriptions',
    status: 400,
    body: { error: 'Invalid endpoint schema, please refer to documentation.' },
  },
  {
    sheet: 'transcription-assemblyai-transcriptions',
    status: 401,
    body: { error: 'Authentication error, API token missing/invalid' },
  },
  {
    sheet: 'transcription-soniox-transcriptions',
    status: 400,
    body: {
      status_code: 400,
      error_type: 'invalid_request',
      message: 'Invalid request.',
      validation_errors: [{ error_type: 'missing', location: 'body.model', message: 'Field required' }],
      request_id: 'r',
    },
  },
  {
    sheet: 'speech-aws-polly',
    status: 400,
    headers: { 'x-amzn-errortype': 'TextLengthExceededException' },
    body: { message: 'Maximum text length has been exceeded' },
  },
  {
    sheet: 'speech-azure-speech',
    status: 401,
    body: { error: { code: '401', message: 'Access denied due to invalid subscription key.' } },
  },
  {
    sheet: 'speech-minimax-speech',
    status: 200,
    body: { base_resp: { status_code: 1008, status_msg: 'insufficient balance' } },
  },
  {
    sheet: 'embedding-cohere-embeddings',
    status: 400,
    body: { id: 'e', message: 'invalid request: valid input_type must be provided with the provided model' },
  },
  {
    sheet: 'embedding-openai-embeddings',
    provider: 'voyage',
    status: 400,
    body: { detail: 'Model a is not supported.' },
  },
  {
    sheet: 'embedding-openai-embeddings',
    provider: 'jina_ai',
    status: 422,
    body: { detail: '[embedding] Single text cannot exceed 8194 tokens.' },
  },
  {
    sheet: 'embedding-feature-extraction',
    status: 413,
    body: {
      error: 'Input validation error: `inputs` must have less than 512 tokens. Given: 600',
      error_type: 'Validation',
    },
  },
  {
    sheet: 'embedding-sagemaker-embeddings',
    status: 424,
    body: {
      ErrorCode: 'MODEL_ERROR',
      Message: 'Received client error (400) from primary',
      OriginalStatusCode: 400,
      OriginalMessage: '{"error":"bad"}',
    },
  },
  {
    sheet: 'rerank-rerank',
    provider: 'nvidia_nim',
    status: 422,
    body: {
      detail: [{ loc: ['body', 'passages'], msg: 'ensure this value has at most 512 items' }],
      type: 'value_error',
    },
  },
  {
    sheet: 'ocr-azure-document-intelligence',
    status: 400,
    body: {
      error: {
        code: 'InvalidRequest',
        message: 'Invalid request.',
        innererror: { code: 'InvalidContent', message: 'The file is corrupted or format is unsupported.' },
      },
    },
  },
  {
    sheet: 'ocr-reducto',
    status: 422,
    body: { detail: [{ loc: ['body', 'input'], msg: 'field required', type: 'value_error.missing' }] },
  },
  {
    sheet: 'search-tavily-search',
    status: 432,
    body: { detail: { error: "This request exceeds your plan's set usage limit." } },
  },
  {
    sheet: 'search-brave-search',
    status: 422,
    body: {
      type: 'ErrorResponse',
      error: {
        id: 'i',
        status: 422,
        code: 'SUBSCRIPTION_TOKEN_INVALID',
        detail: 'The provided subscription token is invalid.',
      },
    },
  },
  {
    sheet: 'search-exa_ai-search',
    status: 401,
    body: { requestId: 'r', error: 'Invalid API key', tag: 'INVALID_API_KEY' },
  },
  { sheet: 'search-serper-search', status: 403, body: { message: 'Unauthorized.', statusCode: 403 } },
  {
    sheet: 'search-google_pse-search',
    status: 429,
    body: {
      error: {
        code: 429,
        message: "Quota exceeded for quota metric 'Queries'.",
        status: 'RESOURCE_EXHAUSTED',
      },
    },
  },
  {
    sheet: 'search-linkup-search',
    status: 429,
    body: {
      statusCode: 429,
      error: { code: 'INSUFFICIENT_FUNDS_CREDITS', message: 'You do not have enough credits.', details: [] },
    },
  },
  {
    sheet: 'video_generation-openai-videos',
    status: 400,
    body: {
      error: {
        message: 'Your request was blocked by our moderation system.',
        type: 'invalid_request_error',
        param: null,
        code: 'moderation_blocked',
      },
    },
  },
  {
    sheet: 'video_generation-veo',
    status: 400,
    body: {
      error: { code: 400, message: 'Veo 3 prompt rewriter cannot be disabled.', status: 'INVALID_ARGUMENT' },
    },
  },
]
