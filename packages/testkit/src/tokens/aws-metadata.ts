import type { WireAnswer, WireCall } from '../wire/call.ts'
import { Failure } from '../wire/failure.ts'
import type { CallOperation } from '../wire/wire.ts'
import { mintAwsKeys } from './aws.ts'

const role = 'testkit-role'
const session = 'testkit-imds-session'

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html, version 2. */
export const awsInstanceMetadata: CallOperation = {
  kind: 'call',
  takes: ['none', 'bytes', 'json'],
  answer(call) {
    const { headers, method } = call.head
    if (method === 'PUT') {
      if (headers['x-aws-ec2-metadata-token-ttl-seconds'] === undefined) {
        throw new Failure('invalid', {
          message: 'The header x-aws-ec2-metadata-token-ttl-seconds is missing.',
        })
      }
      return { text: session }
    }
    if (headers['x-aws-ec2-metadata-token'] !== session) throw new Failure('unauthorized')
    const name = call.route.params?.role ?? ''
    if (name === '') return { text: role }
    if (name !== role) throw new Failure('not-found')
    return keysAnswer(call, { Code: 'Success', LastUpdated: new Date().toISOString(), Type: 'AWS-HMAC' })
  },
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html */
export const awsContainerCredentials: CallOperation = {
  kind: 'call',
  answer: call => keysAnswer(call, { RoleArn: `arn:aws:iam::000000000000:role/${role}` }),
}

function keysAnswer(call: WireCall, more: Readonly<Record<string, string>>): WireAnswer {
  const { keys, minted } = mintAwsKeys(call, role)
  return {
    json: {
      ...more,
      AccessKeyId: keys.accessKeyId,
      SecretAccessKey: keys.secretAccessKey,
      Token: minted.token,
      Expiration: new Date(minted.expiresAt).toISOString(),
    },
  }
}
