import { createHash, createPrivateKey, type KeyObject, sign as signBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Credentials, OutgoingRequest, SigningHost } from '../../../credentials/credentials.ts'
import { type Expiring, ExpiringCache } from '../../../credentials/expiring-cache.ts'
import { createError } from '../../../errors.ts'
import type { Deployment } from '../../../types/deployment.ts'

/** Stands in base URLs for the region, which only signing knows. */
export const OCI_REGION = 'OCI_REGION'
const DEFAULT_REGION = 'us-ashburn-1'

const REMEDY =
  'Set oci_user, oci_fingerprint, oci_tenancy, oci_key (or oci_key_file) and oci_compartment_id on the deployment, or ' +
  'OCI_USER, OCI_FINGERPRINT, OCI_TENANCY, OCI_KEY (or OCI_KEY_FILE) and OCI_COMPARTMENT_ID in the environment.'

interface LoadedKey extends Expiring {
  readonly key: KeyObject
}

/**
 * Oracle's request signatures: an API signing key of a user. The key is PEM text (`api_key`, `oci_key`, `OCI_KEY`) or
 * a file. Throws `AuthenticationError` naming the remedy.
 * Source: https://docs.oracle.com/en-us/iaas/Content/API/Concepts/signingrequests.htm
 */
export function ociCredentials(): Credentials {
  const keys = new ExpiringCache<LoadedKey>()
  return {
    env: ['OCI_KEY'],
    required: false,
    async sign(request, secret, deployment, host) {
      const given = (name: string) => valueOf(deployment, name) ?? host.secret([name.toUpperCase()])
      request.url = request.url.replace(OCI_REGION, () =>
        encodeURIComponent(given('oci_region') ?? DEFAULT_REGION),
      )
      addCompartment(request, given('oci_compartment_id'))
      const [tenancy, user, fingerprint] = ['oci_tenancy', 'oci_user', 'oci_fingerprint'].map(name =>
        required(name, given(name)),
      )
      const key = await keyOf(deployment, secret, host, keys)
      signRequest(request, `${tenancy}/${user}/${fingerprint}`, key, host.now())
    },
  }
}

function valueOf({ params }: Deployment, name: string): string | undefined {
  const value = params?.[name]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

function required(name: string, value: string | undefined): string {
  if (value !== undefined) return value
  throw refused(`There is no ${name} for Oracle Cloud. ${REMEDY}`)
}

/** Inference is charged to a compartment; a body that names one is left alone. */
function addCompartment(request: OutgoingRequest, compartment: string | undefined): void {
  if (typeof request.body !== 'string' || request.body.startsWith('{"compartmentId"')) return
  const value = JSON.stringify(required('oci_compartment_id', compartment))
  request.body = `{"compartmentId":${value},${request.body.slice(1)}`
}

async function keyOf(
  deployment: Deployment,
  secret: string | undefined,
  host: SigningHost,
  keys: ExpiringCache<LoadedKey>,
): Promise<KeyObject> {
  const file = valueOf(deployment, 'oci_key_file')
  const text =
    deployment.apiKey ?? valueOf(deployment, 'oci_key') ?? (file === undefined ? secret : undefined)
  const path = text === undefined ? (file ?? host.secret(['OCI_KEY_FILE'])) : undefined
  const named = createHash('sha256')
    .update(JSON.stringify([text, path]))
    .digest('base64')
  const { key } = await keys.get(named, host.now(), async () => ({ key: parsed(text ?? (await read(path))) }))
  return key
}

async function read(path: string | undefined): Promise<string> {
  const file = required('oci_key', path)
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw refused(`The file that oci_key_file names cannot be read. ${REMEDY}`, cause)
  }
}

/** Environment variables hold keys with `\n` written out. */
function parsed(pem: string): KeyObject {
  try {
    return createPrivateKey(pem.replaceAll('\\n', '\n'))
  } catch {
    // The parser's own words may repeat the key.
    throw refused(`The key for Oracle Cloud is no private key in PEM format without a passphrase. ${REMEDY}`)
  }
}

function refused(message: string, cause?: unknown) {
  return createError({ kind: 'authentication', message, ...(cause !== undefined && { cause }) })
}

function signRequest(request: OutgoingRequest, keyId: string, key: KeyObject, now: number): void {
  const url = new URL(request.url)
  const target = `${request.method.toLowerCase()} ${url.pathname}${url.search}`
  const { headers, body } = request
  headers.date = new Date(now).toUTCString()
  const signed: [name: string, value: string][] = [
    ['date', headers.date],
    ['(request-target)', target],
    ['host', url.host],
  ]
  if (request.method === 'POST') {
    const bytes = typeof body === 'string' ? Buffer.from(body) : (body ?? Buffer.alloc(0))
    headers['content-type'] ??= 'application/json'
    headers['content-length'] = String(bytes.length)
    headers['x-content-sha256'] = createHash('sha256').update(bytes).digest('base64')
    for (const name of ['content-length', 'content-type', 'x-content-sha256'])
      signed.push([name, headers[name] ?? ''])
  }
  const text = signed.map(([name, value]) => `${name}: ${value}`).join('\n')
  const signature = signBytes('sha256', Buffer.from(text), key).toString('base64')
  const names = signed.map(([name]) => name).join(' ')
  headers.authorization = `Signature version="1",keyId="${keyId}",algorithm="rsa-sha256",headers="${names}",signature="${signature}"`
}
