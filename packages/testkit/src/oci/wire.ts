import { embeddingOf } from '../answer/embedding.ts'
import { countTokens } from '../answer/tokens.ts'
import { asObject, asText, asTexts, type JsonObject } from '../json.ts'
import type { Failure, FailureKind } from '../wire/failure.ts'
import { filledText, integer, list, oneOf, openRecord, record, tagged, text } from '../wire/shape.ts'
import type { ChatOperation, FailureReply, PlainOperation, Wire } from '../wire/wire.ts'
import { cohereEvents, cohereWhole, readCohere } from './cohere.ts'
import { genericEvents, genericWhole, readGeneric } from './generic.ts'
import { checkOciSignature } from './signature.ts'

const servingMode = tagged('servingType', {
  ON_DEMAND: record({ servingType: text, modelId: filledText }),
  DEDICATED: record({ servingType: text, endpointId: filledText }),
})
const envelope = record({ compartmentId: filledText, servingMode, chatRequest: openRecord })

function modelOf(body: JsonObject): string {
  const { modelId, endpointId } = asObject(body.servingMode)
  return asText(modelId) || asText(endpointId)
}

const isCohere = (model: string) => model.startsWith('cohere.')

const chat: ChatOperation = {
  kind: 'chat',
  read(body) {
    envelope(body, [])
    const model = modelOf(body)
    const request = asObject(body.chatRequest)
    return isCohere(model) ? readCohere(request, model) : readGeneric(request, model)
  },
  whole: (answer, { model }) => ({
    modelId: model,
    modelVersion: '1.0.0',
    chatResponse: isCohere(model) ? cohereWhole(answer) : genericWhole(answer),
  }),
  events: (answer, { model }) => (isCohere(model) ? cohereEvents(answer) : genericEvents(answer)),
}

const embedShape = record(
  { compartmentId: filledText, servingMode, inputs: list(text, 1) },
  {
    inputType: oneOf('SEARCH_DOCUMENT', 'SEARCH_QUERY', 'CLASSIFICATION', 'CLUSTERING', 'IMAGE'),
    truncate: oneOf('NONE', 'START', 'END'),
    outputDimensions: integer(1),
  },
)

const embed: PlainOperation = {
  kind: 'plain',
  reply(body) {
    embedShape(body, [])
    const inputs = asTexts(body.inputs)
    const dimensions = typeof body.outputDimensions === 'number' ? body.outputDimensions : 1_024
    const tokens = inputs.reduce((sum, input) => sum + countTokens(input), 0)
    return {
      id: 'testkit',
      inputs,
      embeddings: inputs.map(input => embeddingOf(input, dimensions)),
      modelId: modelOf(body),
      usage: { promptTokens: tokens, totalTokens: tokens },
    }
  },
}

/** https://docs.oracle.com/en-us/iaas/Content/API/References/apierrors.htm */
const rows: Readonly<Record<FailureKind, readonly [status: number, code: string, message: string]>> = {
  invalid: [400, 'InvalidParameter', 'The request is not valid.'],
  'no-key': [
    401,
    'NotAuthenticated',
    'The required information to complete authentication was not provided.',
  ],
  unauthorized: [401, 'NotAuthenticated', 'Failed to verify the HTTP(S) Signature'],
  forbidden: [403, 'NotAuthorized', 'Authorization failed.'],
  'not-found': [404, 'NotAuthorizedOrNotFound', 'Authorization failed or requested resource not found.'],
  'too-large': [413, 'PayloadTooLarge', 'The request body is too large.'],
  'rate-limit': [429, 'TooManyRequests', 'Too many requests for the tenancy.'],
  quota: [400, 'QuotaExceeded', 'The compartment quota has been exceeded.'],
  context: [400, '400', 'This model’s maximum context length is 128000 tokens.'],
  'content-policy': [400, '400', 'Inappropriate content detected.'],
  server: [500, 'InternalServerError', 'An internal server error occurred.'],
  unavailable: [503, 'ServiceUnavailable', 'The service is currently unavailable.'],
  overloaded: [503, 'ServiceUnavailable', 'The service is currently unavailable.'],
  timeout: [504, 'GatewayTimeout', 'The request timed out.'],
}

function failureOf({ kind, facts }: Failure): FailureReply {
  const [status, code, message] = rows[kind]
  const { violation } = facts
  const words = violation
    ? `${violation.path.join('.')}: ${violation.kind}, expected ${violation.expected}`
    : undefined
  return {
    status: facts.status ?? status,
    ...(facts.retryAfterSeconds !== undefined && {
      headers: { 'retry-after': String(facts.retryAfterSeconds) },
    }),
    body: { code: facts.code ?? code, message: words ?? facts.message ?? message },
  }
}

/** OCI's Generative AI inference, with every signature verified. `testOciUser()` is the user it knows. */
export const oci: Wire = {
  name: 'oci',
  route({ method, path }) {
    if (method !== 'POST') return undefined
    if (path === '/20231130/actions/chat') return { operation: chat }
    return path === '/20231130/actions/embedText' ? { operation: embed } : undefined
  },
  credential: ({ headers }) => headers.authorization,
  authorize: checkOciSignature,
  headers: sequence => ({ 'opc-request-id': `testkit-${sequence}` }),
  failure: failureOf,
  failureEvent: failure => failureOf(failure).body,
}
