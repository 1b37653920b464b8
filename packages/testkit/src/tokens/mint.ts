import type { AwsKeys, MintedToken, TokenIssuer } from '../state/minted-tokens.ts'
import type { WireCall } from '../wire/call.ts'
import { Failure } from '../wire/failure.ts'

/** Whom and what a token is for. */
export interface Wish {
  readonly issuer: TokenIssuer
  readonly subject: string
  readonly scope: string
  /** How the vendor's tokens begin. */
  readonly prefix: string
  readonly aws?: Omit<AwsKeys, 'sessionToken'>
}

/** A minted token and how many seconds it is good for: an hour unless a script says otherwise. */
export function mint(
  call: WireCall,
  { prefix, aws, ...facts }: Wish,
): { minted: MintedToken; seconds: number } {
  const seconds = call.control.lifetimeSeconds ?? 3_600
  const token = `${prefix}testkit${call.sequence}`
  const expiresAt = Date.now() + seconds * 1_000
  const keys = aws && { aws: { ...aws, sessionToken: token } }
  return { minted: call.state.tokens.add({ token, ...facts, expiresAt, ...keys }), seconds }
}

/** A field of the body that must be there. Throws `Failure`. */
export function needed(call: WireCall, name: string): string {
  const value = call.body[name]
  if (typeof value === 'string' && value !== '') return value
  throw new Failure('invalid', { field: name, message: `Required parameter is missing: ${name}` })
}

/** Refuses any grant but these. */
export function grantOf(call: WireCall, ...known: readonly string[]): string {
  const grant = needed(call, 'grant_type')
  if (known.includes(grant)) return grant
  throw new Failure('invalid', {
    code: 'unsupported_grant_type',
    message: `The grant type '${grant}' is not supported; expected ${known.join(' or ')}.`,
  })
}
