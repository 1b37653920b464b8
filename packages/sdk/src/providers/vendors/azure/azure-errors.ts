import type { ErrorRule } from '../../provider.ts'

/**
 * Failures that Azure words otherwise than OpenAI.
 * Source: https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter and the services' error replies.
 */
export const AZURE_ERRORS: readonly ErrorRule[] = [
  // The key is right, the role is missing; Azure says 401.
  { kind: 'permission', code: 'PermissionDenied' },
  { kind: 'permission', code: 'AuthenticationTypeDisabled' },
  { kind: 'insufficient_quota', code: 'SubscriptionNotFound' },
  { kind: 'insufficient_quota', code: 'QuotaExceeded' },
  { kind: 'not_found', code: 'ResourceNotFound' },
  { kind: 'not_found', code: 'unknown_model' },
  { kind: 'bad_request', code: 'OperationNotSupported' },
  { kind: 'content_policy', code: 'content_filter_policy' },
  { kind: 'content_policy', status: 500, message: /The model produced invalid content/ },
  { kind: 'content_policy', status: 400, message: /Your task failed as a result of our safety system/ },
]
