import { asText } from '../json.ts'
import type { AwsKeys, MintedToken } from '../state/minted-tokens.ts'
import { badKey } from '../wire/bad-key.ts'
import type { WireAnswer, WireCall } from '../wire/call.ts'
import { Failure, type FailureKind } from '../wire/failure.ts'
import type { CallOperation, FailureReply } from '../wire/wire.ts'
import { mint } from './mint.ts'
import { awsAuthorization, checkAwsSignature } from './verify-aws-signature.ts'

const account = '000000000000'
const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/'

/** https://docs.aws.amazon.com/STS/latest/APIReference: AssumeRole, AssumeRoleWithWebIdentity, GetCallerIdentity. */
export const securityTokens: CallOperation = {
  kind: 'call',
  takes: ['urlencoded', 'none'],
  failure: stsFailure,
  async answer(call) {
    const params = new URLSearchParams(call.head.query)
    for (const [name, value] of Object.entries(call.body)) params.set(name, asText(value))
    switch (params.get('Action')) {
      case 'AssumeRole':
        await checkSigned(call)
        return roleAnswer(call, params, 'AssumeRole')
      case 'AssumeRoleWithWebIdentity': {
        if (stated(params, 'WebIdentityToken') === badKey) {
          throw new Failure('invalid', {
            code: 'InvalidIdentityToken',
            message: 'The web identity token that was passed could not be validated by AWS.',
          })
        }
        return roleAnswer(call, params, 'AssumeRoleWithWebIdentity')
      }
      case 'GetCallerIdentity':
        await checkSigned(call)
        return identityAnswer(call)
      default:
        throw new Failure('invalid', {
          code: 'InvalidAction',
          message: `Could not find operation ${params.get('Action')} for version 2011-06-15`,
        })
    }
  },
}

async function checkSigned(call: WireCall): Promise<void> {
  if (call.head.headers.authorization === undefined) {
    throw new Failure('forbidden', {
      code: 'MissingAuthenticationToken',
      message: 'Request is missing Authentication Token',
    })
  }
  await checkAwsSignature(call, 'sts')
}

function stated(params: URLSearchParams, name: string): string {
  const value = params.get(name)
  if (value) return value
  throw new Failure('invalid', {
    code: 'ValidationError',
    message: `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`,
  })
}

function roleAnswer(call: WireCall, params: URLSearchParams, action: string): WireAnswer {
  const role = stated(params, 'RoleArn')
  const session = stated(params, 'RoleSessionName')
  if (!/^arn:aws[\w-]*:iam::\d{12}:role\/.+$/.test(role)) {
    throw new Failure('invalid', { code: 'ValidationError', message: `${role} is invalid` })
  }
  const { keys, minted } = mintAwsKeys(call, role)
  const name = role.slice(role.lastIndexOf('/') + 1)
  return xmlAnswer(
    call,
    action,
    `<Credentials><AccessKeyId>${keys.accessKeyId}</AccessKeyId><SecretAccessKey>${keys.secretAccessKey}</SecretAccessKey>` +
      `<SessionToken>${minted.token}</SessionToken><Expiration>${new Date(minted.expiresAt).toISOString()}</Expiration></Credentials>` +
      `<AssumedRoleUser><AssumedRoleId>AROATESTKIT:${session}</AssumedRoleId><Arn>arn:aws:sts::${account}:assumed-role/${name}/${session}</Arn></AssumedRoleUser>`,
  )
}

/** Short-lived keys, remembered with their session token. */
export function mintAwsKeys(call: WireCall, subject: string): { keys: AwsKeys; minted: MintedToken } {
  const number = String(call.sequence).padStart(8, '0')
  const keys = { accessKeyId: `ASIATESTKIT0${number}`, secretAccessKey: `testkit/minted+secret/${number}` }
  const { minted } = mint(call, { issuer: 'aws', subject, scope: '', prefix: 'IQoJb3JpZ2lu-', aws: keys })
  return { keys, minted }
}

function identityAnswer(call: WireCall): WireAnswer {
  const { key } = awsAuthorization(call.head.headers)
  return xmlAnswer(
    call,
    'GetCallerIdentity',
    `<Arn>arn:aws:iam::${account}:user/testkit</Arn><UserId>${key}</UserId><Account>${account}</Account>`,
  )
}

function xmlAnswer({ sequence }: WireCall, action: string, result: string): WireAnswer {
  return {
    contentType: 'text/xml',
    text: `<${action}Response xmlns="${namespace}"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>testkit-${sequence}</RequestId></ResponseMetadata></${action}Response>`,
  }
}

const rows: Partial<Record<FailureKind, readonly [status: number, code: string, message: string]>> = {
  'no-key': [403, 'MissingAuthenticationToken', 'Request is missing Authentication Token'],
  unauthorized: [403, 'InvalidClientTokenId', 'The security token included in the request is invalid.'],
  forbidden: [403, 'AccessDenied', 'User is not authorized to perform: sts:AssumeRole'],
  'rate-limit': [400, 'Throttling', 'Rate exceeded'],
  server: [500, 'InternalFailure', 'The request processing has failed because of an unknown error.'],
  unavailable: [
    503,
    'ServiceUnavailable',
    'The request has failed due to a temporary failure of the server.',
  ],
}

function stsFailure({ kind, facts }: Failure, sequence: number): FailureReply {
  const [status, code, message] = rows[kind] ?? [400, 'ValidationError', 'The request is not valid.']
  const type = status < 500 ? 'Sender' : 'Receiver'
  const error = `<Type>${type}</Type><Code>${facts.code ?? code}</Code><Message>${escaped(facts.message ?? message)}</Message>`
  return {
    status: facts.status ?? status,
    headers: { 'content-type': 'text/xml' },
    body: `<ErrorResponse xmlns="${namespace}"><Error>${error}</Error><RequestId>testkit-${sequence}</RequestId></ErrorResponse>`,
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
