import { badRequest } from '../../errors.ts'
import type { SigningHost } from '../credentials.ts'

/** The environment variable that lists origins, by commas, which may take part in signing in to Google. */
export const TOKEN_ORIGINS_ENV = 'SLUICE_GOOGLE_TOKEN_ORIGINS'

/** Where Google exchanges keys for tokens. Source: https://google.aip.dev/auth */
const GOOGLE_ORIGINS = [
  'https://oauth2.googleapis.com',
  'https://oauth2.mtls.googleapis.com',
  'https://accounts.google.com',
  'https://www.googleapis.com',
  'https://sts.googleapis.com',
  'https://sts.mtls.googleapis.com',
  'https://iamcredentials.googleapis.com',
  'https://iamcredentials.mtls.googleapis.com',
]
/** Regional token services: `sts.us-east1.rep.googleapis.com`. */
const REGIONAL = /^https:\/\/(sts|iamcredentials)\.[a-z0-9-]+\.rep\.googleapis\.com$/

/**
 * The URL, when it is one of Google's token services or one the operator listed. A file of credentials may come from
 * whoever may add a deployment; without this it could send keys, and requests, wherever it likes.
 * Throws `BadRequestError` naming the field.
 */
export function googleTokenUrl(url: string, field: string, host: SigningHost): string {
  const origin = originOf(url, field)
  if (GOOGLE_ORIGINS.includes(origin) || REGIONAL.test(origin) || isListed(origin, host)) return url
  throw badRequest(
    `vertex_credentials.${field}: ${origin} is no token service of Google. If it is yours, list it in the environment variable ${TOKEN_ORIGINS_ENV}.`,
    `vertex_credentials.${field}`,
  )
}

/** True for an origin that the operator listed. */
export function isListed(origin: string, host: SigningHost): boolean {
  const listed = host.secret([TOKEN_ORIGINS_ENV]) ?? ''
  return listed.split(',').some(entry => entry.trim() === origin)
}

/** The origin of a URL that is nothing unusual. Throws `BadRequestError` naming the field. */
export function originOf(url: string, field: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed && (parsed.protocol === 'https:' || parsed.protocol === 'http:') && parsed.username === '')
    return parsed.origin
  throw badRequest(
    `vertex_credentials.${field}: must be an absolute http(s) URL without a user name.`,
    `vertex_credentials.${field}`,
  )
}
