import type { JWK, JWTPayload } from 'jose'
import { createError, SluiceError } from 'sluice/internal'
import type { JwtSettings } from '../../config/sign-in/sign-in-settings.ts'
import type { Claims } from './claims.ts'
import type { KeySet } from './key-set.ts'

/** Signatures with a public key. No `none`, and nothing that takes a public key for a shared secret. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]
/** Seconds that clocks may differ. */
export const CLOCK_SECONDS = 10
/** Keys without a name that are tried. */
const MOST_TRIED = 8
const LONGEST = 16 * 1024

/** Three parts in base64url: what LiteLLM takes for a JWT. */
export function looksLikeJwt(credential: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(credential)
}

/**
 * The claims of a token whose signature, time, audience and issuer are right. Rejects with `AuthenticationError`, or
 * `ServiceUnavailableError` when its key cannot be read.
 */
export async function verifyToken(token: string, keySet: KeySet, settings: JwtSettings): Promise<Claims> {
  const { jwtVerify, importJWK, errors } = await import('jose')
  const { alg, kid } = headerOf(token)
  if (!ALGORITHMS.includes(alg)) throw refused(`alg ${alg.slice(0, 16)} is not accepted`)
  const keys = (await keySet.find(settings.keyUrls, kid, settings.keyTtlMs)).filter(key => fits(key, alg))
  let reason = 'its key is not known'
  for (const key of keys.slice(0, MOST_TRIED)) {
    try {
      const { payload } = await jwtVerify(token, await importJWK(key, alg), {
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_SECONDS,
        requiredClaims: ['exp'],
        ...(settings.audience && { audience: [...settings.audience] }),
        ...(settings.issuer && { issuer: [...settings.issuer] }),
      })
      refuseForOthers(payload, settings)
      return payload satisfies JWTPayload as Claims
    } catch (error) {
      if (error instanceof SluiceError) throw error
      if (!(error instanceof errors.JOSEError)) throw refused('its key cannot be used', error)
      reason = reasonOf(error)
      // Another key changes nothing about what a token that is signed rightly says.
      if (error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed) break
    }
  }
  throw refused(reason)
}

/**
 * Without a JWT_AUDIENCE nobody says for whom tokens are, but an ID token does: it was made for the application that
 * somebody signed in to.
 */
function refuseForOthers(payload: JWTPayload, { audience, clientIds }: JwtSettings): void {
  const isIdToken = ['nonce', 'at_hash', 'c_hash'].some(name => Object.hasOwn(payload, name))
  if (audience !== undefined || clientIds.length === 0 || !isIdToken) return
  const whom = [payload.aud, payload['azp']].flat()
  if (!clientIds.some(id => whom.includes(id)))
    throw refused('it is an ID token for another application; JWT_AUDIENCE lists those whose tokens count')
}

function headerOf(token: string): { readonly alg: string; readonly kid: string | undefined } {
  try {
    if (token.length > LONGEST) throw refused('it is too long')
    const head: unknown = JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString())
    const { alg, kid } = head as { readonly alg?: unknown; readonly kid?: unknown }
    if (typeof alg !== 'string') throw refused('it has no alg')
    return { alg, kid: typeof kid === 'string' ? kid : undefined }
  } catch (error) {
    throw error instanceof SyntaxError || error instanceof TypeError
      ? refused('it is not readable', error)
      : error
  }
}

/** A key of another kind is not tried, and one that names its algorithm is for no other. */
function fits({ kty, alg: own, crv }: JWK, alg: string): boolean {
  if (own !== undefined && own !== alg && !(kty === 'OKP' && ['EdDSA', 'Ed25519'].includes(own))) return false
  if (/^[RP]S/.test(alg)) return kty === 'RSA'
  if (alg.startsWith('ES')) return kty === 'EC'
  return kty === 'OKP' && crv === 'Ed25519'
}

function reasonOf(error: Error): string {
  const { code, claim } = error as { readonly code?: string; readonly claim?: string }
  if (code === 'ERR_JWT_EXPIRED') return 'it has expired'
  if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED')
    return `its ${claim ?? 'claims'} is not the one that is wanted here`
  if (code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED') return 'its signature is wrong'
  return 'it is not valid'
}

/** Says what is wrong and shows nothing of the token. */
export function refused(reason: string, cause?: unknown): SluiceError {
  return createError({
    kind: 'authentication',
    type: reason === 'it has expired' ? 'expired_key' : 'auth_error',
    message: `Authentication Error, the token is refused: ${reason}.`,
    cause,
  })
}
