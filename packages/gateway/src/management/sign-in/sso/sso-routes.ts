import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { badRequest, createError, SluiceError } from 'sluice/internal'
import { z } from 'zod'
import { cookieLine, cookieOf } from '../../../auth/sign-in/cookies.ts'
import { seal, unseal } from '../../../auth/sign-in/sealed.ts'
import type { SsoProviderSettings } from '../../../config/sign-in/sign-in-settings.ts'
import type { AccountRow } from '../../../db/rows.ts'
import { BoundedMap } from '../../../limits/bounded-map.ts'
import { sendLoginForm } from '../login-form.ts'
import { escaped, sendPage, wantsPage } from '../pages.ts'
import { returnTo } from '../return-to.ts'
import { baseUrlOf, isSecure } from '../session/sessions.ts'
import type { SignInServices } from '../sign-in-services.ts'
import { type Identity, readIdentity } from './identity.ts'
import { type Journey, ProviderClient } from './provider-client.ts'

const COOKIE = 'sluice_sso'
const JOURNEY_MS = 10 * 60_000
/** Sign-ins that were finished and must not be finished again; older ones have ended by themselves. */
const MOST_USED = 100_000
const ACTOR = 'sso'

const Start = z.object({
  provider: z.string().max(32).optional(),
  return_to: z.string().max(1_024).optional(),
})
const about = (summary: string) => ({ summary, tags: ['Signing in'] })

/** Signing in at a provider of OpenID Connect: there, and back. */
export function addSsoRoutes(scope: FastifyInstance, services: SignInServices): void {
  const { settings, boundedFetch, now } = services
  const client = new ProviderClient(boundedFetch, now)
  const used = new BoundedMap<true>({ most: MOST_USED })
  scope.get(
    '/sso/key/generate',
    { schema: { querystring: Start, ...about('Begin to sign in') } },
    async (request, reply) => {
      const { provider: wanted, return_to: to } = request.query as z.infer<typeof Start>
      const { providers } = settings().signIn.sso
      const names = providers.map(({ name }) => name)
      if (providers.length === 0 || (wanted === undefined && providers.length > 1))
        return sendLoginForm(request, reply, services, {
          ...{ status: 200, providers: names, returnTo: returnTo(to) },
        })
      const provider = providers.find(({ name }) => wanted === undefined || name === wanted)
      if (provider === undefined)
        throw badRequest(`provider: must be one of ${names.join(', ')}.`, 'provider')
      const masterKey = services.sessions.masterKey()
      const redirectUri = `${baseUrlOf(request, settings())}/sso/callback`
      const { url, journey } = await client.begin(provider, redirectUri, returnTo(to))
      const sealed = seal(journey, COOKIE, masterKey, now() + JOURNEY_MS)
      setCookie(reply, request, services, sealed, JOURNEY_MS / 1000)
      return reply.header('cache-control', 'no-store').redirect(url, 303)
    },
  )
  scope.get('/sso/callback', { schema: about('Come back from the provider') }, async (request, reply) => {
    try {
      return await comeBack(request, reply, client, used, services)
    } catch (error) {
      if (!(error instanceof SluiceError) || !wantsPage(request)) throw error
      const again = '<p><a href="/sso/key/generate">Begin anew</a></p>'
      return sendPage(
        reply,
        error.status,
        'Not signed in',
        `<p role="alert">${escaped(error.message)}</p>${again}`,
      )
    }
  })
  addSsoFacts(scope, services)
}

function addSsoFacts(scope: FastifyInstance, { settings }: SignInServices): void {
  scope.get('/sso/readiness', { schema: about('Which providers are configured') }, async () => {
    const { providers, baseUrl } = settings().signIn.sso
    return {
      sso_configured: providers.length > 0,
      ...{ providers: providers.map(({ name }) => name), proxy_base_url: baseUrl ?? null },
    }
  })
  scope.get('/sso/get/ui_settings', { schema: about('What a dashboard needs to know') }, async () => {
    const { signIn } = settings()
    return {
      PROXY_BASE_URL: signIn.sso.baseUrl ?? null,
      PROXY_LOGOUT_URL: signIn.sso.logoutUrl ?? null,
      DEFAULT_TEAM_DISABLED: false,
      SSO_ENABLED: signIn.sso.providers.length > 0,
    }
  })
}

async function comeBack(
  request: FastifyRequest,
  reply: FastifyReply,
  client: ProviderClient,
  used: BoundedMap<true>,
  services: SignInServices,
): Promise<unknown> {
  const { settings, sessions, now } = services
  const { sso, newUsers } = settings().signIn
  const sealed = cookieOf(request.headers, COOKIE)
  setCookie(reply, request, services, '', 0)
  const journey = unseal(sealed ?? '', COOKIE, sessions.masterKey(), now()) as Journey | undefined
  if (journey === undefined || used.get(journey.state)) throw lost()
  used.set(journey.state, true)
  const provider = sso.providers.find(({ name }) => name === journey.provider)
  if (provider === undefined) throw lost()
  const query = request.url.slice(request.url.indexOf('?') + 1)
  const claims = await client.finish(provider, journey, query)
  const user = await welcome(readIdentity(claims, provider, sso, newUsers), provider, services)
  await sessions.begin({ user, method: 'sso' }, request, reply)
  return reply
    .header('cache-control', 'no-store')
    .redirect(baseUrlOf(request, settings()) + journey.returnTo, 303)
}

/** The user of this identity, with the role and the teams that the provider says. */
async function welcome(
  { id, externalId, subject, email, name, role, teamIds }: Identity,
  { name: provider }: SsoProviderSettings,
  { settings, directory }: SignInServices,
): Promise<AccountRow> {
  const { sso } = settings().signIn
  const user = await directory.ensureUser(
    { id, email, name, role, externalId: `${provider}:${externalId}`, identity: subject },
    { actor: ACTOR, sync: role !== undefined },
  )
  if (sso.teamsField === undefined) return user
  if (sso.upsertTeams) for (const teamId of teamIds) await directory.ensureTeam(teamId, ACTOR)
  await directory.join(user.id, teamIds, { actor: ACTOR, only: sso.syncTeams })
  return user
}

function setCookie(
  reply: FastifyReply,
  request: FastifyRequest,
  { settings }: SignInServices,
  value: string,
  maxAge: number,
): void {
  const line = { path: '/sso', maxAge, isSecure: isSecure(request, settings()) }
  void reply.header('set-cookie', cookieLine(COOKIE, value, line))
}

function lost(): SluiceError {
  return createError({
    kind: 'authentication',
    type: 'auth_error',
    message:
      'This sign-in is not known to this browser, was used already, or took longer than ten minutes. Begin anew.',
  })
}
