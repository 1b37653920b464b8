import type { Report } from '../report.ts'
import type { SignInSettings, SsoProviderSettings } from '../sign-in/sign-in-settings.ts'
import type { Place } from '../source/node.ts'

/** Entra's names for many tenants at once, and its id for personal accounts. */
const MANY = ['common', 'organizations', 'consumers', '9188040d-6c67-4c5b-b112-36a304b66dad']
const ENTRA =
  /^(login\.microsoftonline\.(com|us)|login\.partner\.microsoftonline\.cn|login\.windows\.net|sts\.windows\.net)$/
const GOOGLE = /(^|\.)(googleapis|google)\.com$/

/** Refuses, or warns of, what would let people in whom nobody here knows. */
export function checkStrangers({ jwt, sso }: SignInSettings, place: Place, report: Report): void {
  for (const provider of sso.providers) checkProvider(provider, sso.emailDomains, place, report)
  if (jwt === undefined || jwt.keyUrls.length === 0) return
  const { audience, issuer, keyUrls } = jwt
  const key = 'general_settings.enable_jwt_auth'
  const isForAll = keyUrls.some(url => hostIs(url, GOOGLE) || (hostIs(url, ENTRA) && issuer === undefined))
  if (audience === undefined && isForAll)
    return report.problem(
      place,
      key,
      'the keys of JWT_PUBLIC_KEY_URL sign tokens for everybody who has an account there, and JWT_AUDIENCE is not set',
      'Set JWT_AUDIENCE to what the tokens of your clients have in aud, and at Microsoft JWT_ISSUER to your tenant.',
    )
  if (audience === undefined)
    report.warn(
      place,
      key,
      'JWT_AUDIENCE is not set: a token that the provider made for another service is as good as one for this',
      'Set JWT_AUDIENCE to what the tokens of your clients have in aud.',
    )
  if (issuer === undefined)
    report.warn(
      place,
      key,
      'JWT_ISSUER is not set: whoever else signs with the same keys, such as another tenant, is believed too',
      'Set JWT_ISSUER to what the tokens of your clients have in iss.',
    )
}

function checkProvider(
  provider: SsoProviderSettings,
  emailDomains: readonly string[],
  place: Place,
  report: Report,
): void {
  const { name, issuer, authorizationEndpoint, tokenEndpoint, tenants } = provider
  const shared = [issuer, authorizationEndpoint, tokenEndpoint].find(
    url => url !== undefined && isShared(url),
  )
  // Only an ID token says of which tenant somebody is, and without an issuer none is believed.
  if (shared !== undefined && (tenants === undefined || issuer === undefined))
    report.problem(
      place,
      name === 'microsoft' ? 'MICROSOFT_TENANT' : 'GENERIC_ISSUER',
      `${shared} lets everybody in who has an account at Microsoft`,
      name === 'microsoft'
        ? 'Set MICROSOFT_TENANT to the id of your tenant, or list those that may sign in in SLUICE_MICROSOFT_TENANTS, and leave MICROSOFT_AUTHORIZATION_ENDPOINT unset.'
        : 'Use MICROSOFT_CLIENT_ID and MICROSOFT_TENANT with the id of your tenant.',
    )
  if (name === 'google' && emailDomains.length === 0)
    report.warn(
      place,
      'GOOGLE_CLIENT_ID',
      'ALLOWED_EMAIL_DOMAINS is not set: everybody who has an account at Google may sign in',
      'Set ALLOWED_EMAIL_DOMAINS to the domains of your people.',
    )
}

function isShared(url: string): boolean {
  if (!hostIs(url, ENTRA)) return false
  const [, tenant = ''] = new URL(url).pathname.split('/')
  return MANY.includes(tenant.toLowerCase())
}

function hostIs(url: string, pattern: RegExp): boolean {
  return URL.canParse(url) && pattern.test(new URL(url).hostname)
}
