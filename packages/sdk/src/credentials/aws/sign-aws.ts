import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import type { OutgoingRequest } from '../credentials.ts'
import type { Expiring } from '../expiring-cache.ts'
import { namedExports } from '../named-exports.ts'

/** What AWS requests are signed with. */
export interface AwsKeys extends Expiring {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

export interface AwsScope {
  /** The name that AWS signs the service under. */
  readonly service: string
  readonly region: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

/**
 * Signs a request with AWS Signature Version 4. Only host, content type and body are signed, so that proxies may add
 * headers. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
export async function signAws(
  request: Omit<OutgoingRequest, 'method'> & { readonly method: string },
  keys: AwsKeys,
  scope: AwsScope,
): Promise<void> {
  const { SignatureV4 } = namedExports(await import('@smithy/signature-v4'), 'SignatureV4')
  const url = new URL(request.url)
  const { accessKeyId, secretAccessKey, sessionToken } = keys
  const signer = new SignatureV4({
    service: scope.service,
    region: scope.region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    sha256: Sha256,
    // S3 wants the hash of the body as a header, and paths as they are.
    applyChecksum: scope.service === 's3',
    uriEscapePath: scope.service !== 's3',
  })
  const type = request.headers['content-type']
  const signed = await signer.sign(
    {
      method: request.method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { host: url.host, ...(type !== undefined && { 'content-type': type }) },
      ...(request.body !== undefined && { body: request.body }),
    },
    { signingDate: new Date(scope.now) },
  )
  for (const [name, value] of Object.entries(signed.headers))
    if (name !== 'host' && name !== 'content-type') request.headers[name] = value
}

type Data = string | ArrayBuffer | ArrayBufferView

/** The hash the signer asks for, on Node's own. */
class Sha256 {
  private readonly secret: Buffer | undefined
  private hash: Hash | Hmac

  constructor(secret?: Data) {
    this.secret = secret === undefined ? undefined : bytesOf(secret)
    this.hash = this.fresh()
  }

  update(data: Data): void {
    this.hash.update(bytesOf(data))
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.hash.digest()))
  }

  reset(): void {
    this.hash = this.fresh()
  }

  private fresh(): Hash | Hmac {
    return this.secret === undefined ? createHash('sha256') : createHmac('sha256', this.secret)
  }
}

function bytesOf(data: Data): Buffer {
  if (typeof data === 'string') return Buffer.from(data)
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data)
}
