import { checkAwsSignature } from '../tokens/verify-aws-signature.ts'
import type { Route, Wire } from '../wire/wire.ts'
import { converse, countTokens } from './converse.ts'
import { embedOperation } from './embed.ts'
import { bedrockException, bedrockFailure } from './failures.ts'
import { imageOperation } from './images.ts'
import { invokeOperation } from './invoke.ts'
import { rerank } from './rerank.ts'

const place = /^\/model\/([^/]+)\/(converse|converse-stream|invoke|invoke-with-response-stream|count-tokens)$/
const signed = 'AWS4-HMAC-SHA256 '

/** Amazon Bedrock's runtime, https://docs.aws.amazon.com/bedrock/latest/APIReference: a signature, or a bearer token. */
export const bedrock: Wire = {
  name: 'bedrock',
  route({ method, path }): Route | undefined {
    if (method === 'POST' && path === '/rerank') return { operation: rerank }
    const [, id = '', verb = ''] = (method === 'POST' && place.exec(path)) || []
    const model = decodeURIComponent(id)
    const stream = verb.endsWith('stream')
    if (verb === 'count-tokens') return { operation: countTokens, model }
    const operation = verb.startsWith('converse')
      ? converse
      : verb === ''
        ? undefined
        : (embedOperation(model) ?? imageOperation(model) ?? invokeOperation(model))
    return operation && { operation, model, stream, framing: 'aws-event-stream' }
  },
  credential({ headers }) {
    const { authorization = '' } = headers
    if (authorization.startsWith(signed)) return signed
    return authorization.match(/^Bearer (.+)$/)?.[1]
  },
  async authorize(shown) {
    if (shown.head.headers.authorization?.startsWith(signed)) await checkAwsSignature(shown, 'bedrock')
  },
  headers: sequence => ({ 'x-amzn-requestid': `testkit-${sequence}` }),
  failure: bedrockFailure,
  failureEvent: bedrockException,
  sample: (text, model) => ({
    path: `/model/${encodeURIComponent(model)}/converse-stream`,
    body: { messages: [{ role: 'user', content: [{ text }] }] },
  }),
}
