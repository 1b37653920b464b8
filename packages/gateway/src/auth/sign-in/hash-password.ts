import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { badRequest, createError } from 'sluice/internal'

interface Cost {
  /** Power of two: 2^15 blocks of 1 KiB are 32 MiB. */
  readonly ln: number
  readonly r: number
  readonly p: number
}

/** What OWASP asks of scrypt, at 32 MiB for each password that is being checked. */
const COST: Cost = { ln: 15, r: 8, p: 3 }
const SALT_BYTES = 16
const HASH_BYTES = 32
/** More than this was not written by us. */
const MOST_COST: Cost = { ln: 20, r: 16, p: 16 }

const SHORTEST = 8
const LONGEST = 128

/** Passwords hashed at a time, so that the rest of the process keeps its threads; more wait, and still more are refused. */
const AT_ONCE = 2
const MOST_WAITING = 64

const derive = promisify<string, Buffer, number, object, Buffer>(scrypt)

/**
 * What is stored of a password: `$scrypt$ln=15,r=8,p=3$salt$hash`, a salt of its own for each. Throws `BadRequestError`
 * unless it has 8 to 128 characters, `RateLimitError` when too many are being hashed.
 */
export async function hashPassword(password: string): Promise<string> {
  const { length } = password
  if (length < SHORTEST || length > LONGEST)
    throw badRequest(`password: must have ${SHORTEST} to ${LONGEST} characters, has ${length}.`, 'password')
  const salt = randomBytes(SALT_BYTES)
  const hash = await hashWith(password, salt, COST)
  return textOf('scrypt', COST, salt, hash)
}

/** Whether the password is the one, and whether its hash was made with other costs than today's. */
export interface PasswordCheck {
  readonly isRight: boolean
  readonly isOutdated: boolean
}

/**
 * Takes as long for a user who has no password (`stored` undefined) as for a wrong one. Throws `RateLimitError` when too
 * many are being checked.
 */
export async function checkPassword(password: string, stored: string | undefined): Promise<PasswordCheck> {
  const known = stored === undefined ? undefined : parse(stored)
  const { cost, salt, hash, isDigested } = known ?? NOBODY
  const text = password.length > LONGEST ? '' : password
  const given = await hashWith(isDigested ? sha256(text) : text, salt, cost)
  const isRight = timingSafeEqual(given, hash) && known !== undefined
  return {
    isRight,
    isOutdated: isRight && (isDigested || cost.ln < COST.ln || cost.r < COST.r || cost.p < COST.p),
  }
}

interface Parsed {
  readonly cost: Cost
  readonly salt: Buffer
  readonly hash: Buffer
  /** The password was digested before it was hashed. */
  readonly isDigested: boolean
}

const NOBODY: Parsed = {
  cost: COST,
  salt: randomBytes(SALT_BYTES),
  hash: randomBytes(HASH_BYTES),
  isDigested: false,
}

const FORM = /^\$scrypt(-sha256)?\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w-]{16,64})\$([\w-]{43})$/

/** Undefined for anything that this file does not write: no other kind of hash is ever accepted. */
function parse(stored: string): Parsed | undefined {
  const [, digest, ln, r, p, salt, hash] = FORM.exec(stored) ?? []
  if (salt === undefined || hash === undefined) return undefined
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) }
  if (cost.ln < 1 || cost.ln > MOST_COST.ln || cost.r > MOST_COST.r || cost.p > MOST_COST.p) return undefined
  return {
    cost,
    salt: Buffer.from(salt, 'base64url'),
    hash: Buffer.from(hash, 'base64url'),
    isDigested: digest !== undefined,
  }
}

/** LiteLLM's: `scrypt:` and base64 of 16 bytes of salt and 32 of hash. */
const LITELLM = /^scrypt:([A-Za-z0-9+/]{64})$/
/** Of LiteLLM's, and of what it had before: made anew when the user signs in. */
const FORMER_COST: Cost = { ln: 14, r: 8, p: 1 }

/**
 * What LiteLLM stored of a password, as we store it: its scrypt as it is, its older SHA-256 without a salt hashed once
 * more. Undefined for anything else, such as a password in plain text.
 */
export async function adoptHash(stored: string): Promise<string | undefined> {
  const bytes = Buffer.from(LITELLM.exec(stored)?.[1] ?? '', 'base64')
  if (bytes.length === SALT_BYTES + HASH_BYTES)
    return textOf('scrypt', FORMER_COST, bytes.subarray(0, SALT_BYTES), bytes.subarray(SALT_BYTES))
  if (!/^[0-9a-f]{64}$/.test(stored)) return undefined
  const salt = randomBytes(SALT_BYTES)
  return textOf('scrypt-sha256', FORMER_COST, salt, await hashWith(stored, salt, FORMER_COST))
}

/** True for a hash that was taken over and whose user has not signed in here since. */
export function isAdopted(stored: string): boolean {
  const { cost, isDigested } = parse(stored) ?? NOBODY
  return isDigested || cost.ln === FORMER_COST.ln
}

function textOf(kind: string, { ln, r, p }: Cost, salt: Buffer, hash: Buffer): string {
  return `$${kind}$ln=${ln},r=${r},p=${p}$${salt.toString('base64url')}$${hash.toString('base64url')}`
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

let running = 0
const waiting: (() => void)[] = []

async function hashWith(password: string, salt: Buffer, { ln, r, p }: Cost): Promise<Buffer> {
  if (running >= AT_ONCE) {
    if (waiting.length >= MOST_WAITING) throw tooMany()
    await new Promise<void>(resolve => waiting.push(resolve))
  } else running++
  try {
    const N = 2 ** ln
    // Letters that look the same are typed in different ways on different machines.
    return await derive(password.normalize('NFKC'), salt, HASH_BYTES, { N, r, p, maxmem: 256 * N * r })
  } finally {
    const next = waiting.shift()
    if (next === undefined) running--
    else next()
  }
}

function tooMany() {
  return createError({
    kind: 'rate_limit',
    message: 'Too many passwords are being checked at the moment. Try again in a few seconds.',
    retryAfterMs: 5_000,
  })
}
