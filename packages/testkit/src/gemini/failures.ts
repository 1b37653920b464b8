import type { JsonObject } from '../json.ts'
import type { Failure, FailureKind } from '../wire/failure.ts'
import type { Path, Violation } from '../wire/shape.ts'
import type { FailureReply } from '../wire/wire.ts'

interface Row {
  readonly code: number
  readonly status: string
  readonly message: string
}

/** https://ai.google.dev/gemini-api/docs/troubleshooting */
const rows: Readonly<Record<Exclude<FailureKind, 'content-policy'>, Row>> = {
  invalid: { code: 400, status: 'INVALID_ARGUMENT', message: 'Request contains an invalid argument.' },
  'no-key': {
    code: 403,
    status: 'PERMISSION_DENIED',
    message:
      "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
  },
  // A bad key is a bad argument here, not a 401.
  unauthorized: {
    code: 400,
    status: 'INVALID_ARGUMENT',
    message: 'API key not valid. Please pass a valid API key.',
  },
  forbidden: { code: 403, status: 'PERMISSION_DENIED', message: 'The caller does not have permission' },
  'not-found': {
    code: 404,
    status: 'NOT_FOUND',
    message: 'The model is not found for API version v1beta, or is not supported for generateContent.',
  },
  'too-large': {
    code: 413,
    status: 'INVALID_ARGUMENT',
    message: 'Request payload size exceeds the limit: 20971520 bytes.',
  },
  'rate-limit': {
    code: 429,
    status: 'RESOURCE_EXHAUSTED',
    message: 'Resource has been exhausted (e.g. check quota).',
  },
  quota: {
    code: 429,
    status: 'RESOURCE_EXHAUSTED',
    message:
      'You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.',
  },
  context: {
    code: 400,
    status: 'INVALID_ARGUMENT',
    message: 'The input token count (1100000) exceeds the maximum number of tokens allowed (1048576).',
  },
  server: {
    code: 500,
    status: 'INTERNAL',
    message:
      'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
  },
  unavailable: { code: 503, status: 'UNAVAILABLE', message: 'The service is currently unavailable.' },
  overloaded: {
    code: 503,
    status: 'UNAVAILABLE',
    message: 'The model is overloaded. Please try again later.',
  },
  timeout: {
    code: 504,
    status: 'DEADLINE_EXCEEDED',
    message: 'Deadline expired before operation could complete.',
  },
}

export function geminiFailure(failure: Failure, sequence: number): FailureReply {
  // A refused prompt is a reply without candidates, not an error.
  if (failure.kind === 'content-policy') return { status: 200, body: blockedPrompt(sequence) }
  const error = geminiError(failure)
  return { status: Number(error.code), body: { error } }
}

function blockedPrompt(sequence: number): JsonObject {
  return {
    promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
    usageMetadata: { promptTokenCount: 8, totalTokenCount: 8 },
    modelVersion: 'testkit',
    responseId: `testkit${sequence}`,
  }
}

export function geminiError({ kind, facts }: Failure): JsonObject {
  if (facts.violation) return violationError(facts.violation)
  const row = rows[kind === 'content-policy' ? 'invalid' : kind]
  const wanted =
    kind === 'not-found' && facts.model
      ? `models/${facts.model} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.`
      : row.message
  const details = detailsOf(kind, facts.retryAfterSeconds)
  const code = kind === 'unauthorized' ? row.code : (facts.status ?? row.code)
  return {
    code,
    message: facts.message ?? wanted,
    status: row.status,
    ...(details.length > 0 && { details }),
  }
}

function detailsOf(kind: FailureKind, retryAfterSeconds = 30): JsonObject[] {
  if (kind === 'unauthorized') {
    return [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'API_KEY_INVALID',
        domain: 'googleapis.com',
        metadata: { service: 'generativelanguage.googleapis.com' },
      },
    ]
  }
  if (kind !== 'rate-limit' && kind !== 'quota') return []
  const quotaId = `GenerateRequestsPer${kind === 'quota' ? 'Day' : 'Minute'}PerProjectPerModel`
  return [
    {
      '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
      violations: [
        {
          quotaMetric: 'generativelanguage.googleapis.com/generate_content_requests',
          quotaId,
          quotaValue: '10',
        },
      ],
    },
    { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfterSeconds}s` },
  ]
}

/** Google words an unknown field and a wrong type as JSON trouble, the rest as a broken proto. */
function violationError(violation: Violation): JsonObject {
  const field = fieldName(violation.path)
  const parent = fieldName(violation.path.slice(0, -1))
  const place = parent === '' ? '' : ` at '${parent}'`
  const words = {
    unknown: `Invalid JSON payload received. Unknown name "${violation.path.at(-1)}"${place}: Cannot find field.`,
    type: `Invalid value at '${field}' (TYPE_${violation.expected.toUpperCase()}), ${JSON.stringify(violation.actual)}`,
    missing: `* GenerateContentRequest.${field}: ${violation.path.at(-1)} is not specified`,
    value: `* GenerateContentRequest.${field}: must be ${violation.expected}, was ${JSON.stringify(violation.actual)}`,
  }
  const description = words[violation.kind]
  const fieldViolations = [{ field: violation.kind === 'unknown' ? parent : field, description }]
  return {
    code: 400,
    message: description,
    status: 'INVALID_ARGUMENT',
    details: [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations }],
  }
}

/** `contents[0].parts[0].function_call`: errors name fields in snake_case. */
function fieldName(path: Path): string {
  return path.reduce<string>((name, step) => {
    if (typeof step === 'number') return `${name}[${step}]`
    const snake = step.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
    return name === '' ? snake : `${name}.${snake}`
  }, '')
}
