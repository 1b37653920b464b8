import { createHash, generateKeyPairSync, type KeyObject, verify } from 'node:crypto'
import { Failure } from '../wire/failure.ts'
import type { Shown } from '../wire/wire.ts'

let pair: { publicKey: KeyObject; privateKey: KeyObject } | undefined

function keys() {
  pair ??= generateKeyPairSync('rsa', { modulusLength: 2_048 })
  return pair
}

/** A user whose API key the `oci` wire knows, as long as the process lives. */
export function testOciUser() {
  return {
    user: 'ocid1.user.oc1..testkit',
    tenancy: 'ocid1.tenancy.oc1..testkit',
    fingerprint: '20:3b:97:13:55:1c:5b:0d:d3:37:d8:50:4e:c5:3a:34',
    compartment: 'ocid1.compartment.oc1..testkit',
    key: String(keys().privateKey.export({ type: 'pkcs8', format: 'pem' })),
  }
}

const POST_HEADERS = [
  'date',
  '(request-target)',
  'host',
  'content-length',
  'content-type',
  'x-content-sha256',
]
const SKEW_MS = 300_000

/** Checks a request's signature, https://docs.oracle.com/en-us/iaas/Content/API/Concepts/signingrequests.htm. */
export function checkOciSignature({ head, raw }: Shown): void {
  const fields = signatureFields(head.headers.authorization ?? '')
  const { tenancy, user, fingerprint } = testOciUser()
  const names = fields.get('headers')?.split(' ') ?? []
  const isKnown = fields.get('keyId') === `${tenancy}/${user}/${fingerprint}`
  const isRsa = fields.get('algorithm') === 'rsa-sha256' && fields.get('version') === '1'
  const digest = createHash('sha256').update(raw).digest('base64')
  const skew = Math.abs(Date.now() - Date.parse(head.headers.date ?? ''))
  const isWhole = POST_HEADERS.every(name => names.includes(name))
  if (!isKnown || !isRsa || !isWhole || head.headers['x-content-sha256'] !== digest || !(skew < SKEW_MS))
    throw new Failure('unauthorized')
  const query = head.query.toString()
  const target = `${head.method.toLowerCase()} ${head.prefix ?? ''}${head.path}${query === '' ? '' : `?${query}`}`
  const text = names
    .map(name => `${name}: ${name === '(request-target)' ? target : String(head.headers[name] ?? '')}`)
    .join('\n')
  const signature = Buffer.from(fields.get('signature') ?? '', 'base64')
  if (!verify('sha256', Buffer.from(text), keys().publicKey, signature)) throw new Failure('unauthorized')
}

function signatureFields(header: string): ReadonlyMap<string, string> {
  const [scheme, ...rest] = header.split(' ')
  if (scheme !== 'Signature') return new Map()
  const pairs = rest.join(' ').matchAll(/(\w+)="([^"]*)"/g)
  return new Map([...pairs].map(([, name = '', value = '']) => [name, value]))
}
