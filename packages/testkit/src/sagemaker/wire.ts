import { checkAwsSignature } from '../tokens/verify-aws-signature.ts'
import type { FailureKind } from '../wire/failure.ts'
import type { Route, Wire } from '../wire/wire.ts'
import { invocations } from './invocations.ts'

const place = /^\/endpoints\/([^/]+)\/invocations(-response-stream)?$/

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html#API_runtime_InvokeEndpoint_Errors */
const rows: Partial<Record<FailureKind, readonly [status: number, name: string, message: string]>> = {
  'no-key': [403, 'MissingAuthenticationTokenException', 'Missing Authentication Token'],
  unauthorized: [
    403,
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
  ],
  'not-found': [400, 'ValidationError', 'Endpoint of account 000000000000 not found.'],
  'rate-limit': [400, 'ThrottlingException', 'Rate exceeded'],
  server: [424, 'ModelError', 'Received server error (500) from primary with message "broken".'],
  unavailable: [503, 'ServiceUnavailable', 'The service is unavailable.'],
}

/** SageMaker's runtime: the body is the container's own. */
export const sagemaker: Wire = {
  name: 'sagemaker',
  route({ method, path }): Route | undefined {
    const [, name = '', stream] = (method === 'POST' && place.exec(path)) || []
    if (name === '') return undefined
    const model = decodeURIComponent(name)
    return { operation: invocations, model, stream: stream !== undefined, framing: 'aws-event-stream' }
  },
  credential: ({ headers }) => headers.authorization,
  authorize: shown => checkAwsSignature(shown, 'sagemaker'),
  headers: sequence => ({ 'x-amzn-requestid': `testkit-${sequence}` }),
  failure({ kind, facts }) {
    const [status, name, message] = rows[kind] ?? [400, 'ValidationError', 'The request is not valid.']
    const said = facts.violation?.message ?? facts.message ?? message
    return {
      status: facts.status ?? status,
      headers: {
        'x-amzn-errortype': name,
        ...(facts.retryAfterSeconds !== undefined && { 'retry-after': String(facts.retryAfterSeconds) }),
      },
      body: { ErrorCode: name, Message: said },
    }
  },
  failureEvent: ({ facts }) => ({
    kind: 'exception',
    type: 'ModelStreamError',
    data: { ErrorCode: 'ModelInvocationTimeExceeded', Message: facts.message ?? 'The model has failed.' },
  }),
}
