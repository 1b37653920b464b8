import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'

/** Keys made from the master key, so that what a browser holds says nothing about it. */
function keyFor(use: string, masterKey: string): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, 'sluice', use, 32))
}

const IV_BYTES = 12
const TAG_BYTES = 16

/** An object that only this gateway, and its replicas, can read; until `until` (ms). */
export function seal(value: object, use: string, masterKey: string, until: number): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', keyFor(use, masterKey), iv)
  const text = Buffer.concat([cipher.update(JSON.stringify({ until, value })), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url')
}

/** Undefined for what this gateway did not seal for this use, or too long ago. */
export function unseal(text: string, use: string, masterKey: string, now: number): unknown {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length <= IV_BYTES + TAG_BYTES) return undefined
  const decipher = createDecipheriv('aes-256-gcm', keyFor(use, masterKey), bytes.subarray(0, IV_BYTES))
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
  try {
    const plain = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()])
    const { until, value } = JSON.parse(plain.toString()) as {
      readonly until: number
      readonly value: unknown
    }
    return now < until ? value : undefined
  } catch {
    return undefined
  }
}

const HEAD = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT' })).toString('base64url')
const SESSION = 'session'

/** What the cookie `token` says, in LiteLLM's names. */
export interface SessionClaims {
  readonly user_id: string
  /** The virtual key of the session. */
  readonly key: string
  readonly user_email: string | null
  readonly user_role: string
  readonly login_method: 'sso' | 'username_password'
  readonly premium_user: true
  readonly auth_header_name: string
  /** Seconds since the epoch. */
  readonly exp: number
}

/** The session as a JWT, signed by HS256. */
export function signSession(claims: object, masterKey: string): string {
  const body = `${HEAD}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
  return `${body}.${macOf(body, masterKey).toString('base64url')}`
}

/** Undefined for one that was not signed here or has ended. */
export function readSession(token: string, masterKey: string, now: number): SessionClaims | undefined {
  const [head, payload = '', mac = '', ...more] = token.split('.')
  if (head !== HEAD || more.length > 0) return undefined
  const given = Buffer.from(mac, 'base64url')
  const right = macOf(`${HEAD}.${payload}`, masterKey)
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as SessionClaims
  return claims.exp * 1000 > now ? claims : undefined
}

function macOf(body: string, masterKey: string): Buffer {
  return createHmac('sha256', keyFor(SESSION, masterKey)).update(body).digest()
}
