import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { SignatureV4 } from '@smithy/signature-v4'
import type { AwsKeys } from '../state/minted-tokens.ts'
import { Failure } from '../wire/failure.ts'
import type { Shown } from '../wire/wire.ts'

/** A request as it arrived; a `RecordedRequest` is one. */
export interface SignedRequest {
  readonly method: string
  /** As the client wrote it, escapes included. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly raw: Buffer
}

export interface AwsExpectation extends AwsKeys {
  readonly service: string
  /** Default any. */
  readonly region?: string
}

/**
 * Signs the request again with AWS's own library and compares. Rejects with an `Error` that says what is wrong.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
export async function verifyAwsSignature(request: SignedRequest, expected: AwsExpectation): Promise<void> {
  const shown = awsAuthorization(request.headers)
  const date = String(request.headers['x-amz-date'])
  const wanted = { key: expected.accessKeyId, service: expected.service, date: date.slice(0, 8) }
  for (const [name, value] of Object.entries({
    ...wanted,
    ...(expected.region && { region: expected.region }),
  })) {
    const actual = shown[name as keyof typeof wanted]
    if (actual !== value) throw new Error(`The credential's ${name} is '${actual}', not '${value}'.`)
  }
  for (const name of ['host', 'x-amz-date']) {
    if (!shown.signedHeaders.includes(name)) throw new Error(`The header ${name} is not signed.`)
  }
  const session = request.headers['x-amz-security-token']
  if (session !== expected.sessionToken) throw new Error('The session token is not the expected one.')
  checkPayload(request)
  const signature = await signatureOf(request, shown, expected, dateOf(date))
  if (signature !== shown.signature) {
    throw new Error(`The signature is '${shown.signature}', but these bytes and keys give '${signature}'.`)
  }
}

/** For `Wire.authorize`: the signature must be one of `testAwsKeys` or of keys that the `tokens` wire has minted. */
export async function checkAwsSignature({ head, raw, state }: Shown, service: string): Promise<void> {
  try {
    const { key } = awsAuthorization(head.headers)
    const keys = state.tokens.awsKeys(key)
    if (!keys) throw new Error('The security token included in the request is invalid.')
    const request = { ...head, path: `${head.prefix ?? ''}${head.path}`, raw }
    await verifyAwsSignature(request, { ...keys, service })
  } catch (error) {
    throw new Failure('unauthorized', { message: error instanceof Error ? error.message : String(error) })
  }
}

interface Authorization {
  readonly key: string
  readonly date: string
  readonly region: string
  readonly service: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
}

/** The parts of an `authorization: AWS4-HMAC-SHA256 …` header. Throws an `Error` for any other. */
export function awsAuthorization(headers: IncomingHttpHeaders): Authorization {
  const value = headers.authorization ?? ''
  const [scheme, ...rest] = value.split(' ')
  if (scheme !== 'AWS4-HMAC-SHA256') throw new Error('The request is not signed with AWS4-HMAC-SHA256.')
  const fields = new URLSearchParams(rest.join('').replaceAll(',', '&').replaceAll('+', '%2B'))
  const [key = '', date = '', region = '', service = '', end] = (fields.get('Credential') ?? '').split('/')
  if (end !== 'aws4_request') throw new Error("The credential's scope does not end with aws4_request.")
  const signedHeaders = (fields.get('SignedHeaders') ?? '').split(';')
  return { key, date, region, service, signedHeaders, signature: fields.get('Signature') ?? '' }
}

function checkPayload({ headers, raw }: SignedRequest): void {
  const stated = headers['x-amz-content-sha256']?.toString()
  if (stated === undefined || stated === 'UNSIGNED-PAYLOAD') return
  const actual = createHash('sha256').update(raw).digest('hex')
  if (stated !== actual) throw new Error(`The body's hash is ${actual}, but the request states ${stated}.`)
}

async function signatureOf(
  request: SignedRequest,
  { signedHeaders, region }: Authorization,
  { service, sessionToken, ...keys }: AwsExpectation,
  signingDate: Date,
): Promise<string> {
  const signer = new SignatureV4({
    service,
    region,
    credentials: {
      accessKeyId: keys.accessKeyId,
      secretAccessKey: keys.secretAccessKey,
      ...(sessionToken !== undefined && { sessionToken }),
    },
    sha256: Sha256,
    applyChecksum: signedHeaders.includes('x-amz-content-sha256'),
    uriEscapePath: service !== 's3',
  })
  const names = new Set(['x-amz-content-sha256', ...signedHeaders])
  const headers = Object.entries(request.headers).flatMap(([name, value]) =>
    names.has(name) && value !== undefined ? [[name, String(value)]] : [],
  )
  const signed = await signer.sign(
    {
      method: request.method,
      protocol: 'http:',
      hostname: String(request.headers.host),
      path: request.path,
      query: queryOf(request.query),
      headers: Object.fromEntries(headers) as Record<string, string>,
      body: request.raw,
    },
    { signingDate, signableHeaders: new Set(signedHeaders) },
  )
  return awsAuthorization(signed.headers).signature
}

function queryOf(query: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries(
    [...new Set(query.keys())].map(name => {
      const values = query.getAll(name)
      return [name, values.length === 1 ? String(values[0]) : values]
    }),
  )
}

function dateOf(text: string): Date {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? []
  if (second === undefined)
    throw new Error(`The header x-amz-date is '${text}', no time as 20260101T000000Z.`)
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

/** Node's SHA-256 as AWS's library wants it. */
class Sha256 {
  readonly #hash: Hash | Hmac

  constructor(secret?: unknown) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret))
  }

  update(data: unknown): void {
    this.#hash.update(bytesOf(data))
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }

  reset(): never {
    throw new Error('A hash is used once.')
  }
}

function bytesOf(data: unknown): Buffer {
  if (typeof data === 'string') return Buffer.from(data)
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  if (data instanceof ArrayBuffer) return Buffer.from(data)
  throw new TypeError('Only texts and bytes can be hashed.')
}
