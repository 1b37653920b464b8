import type { FastifyInstance } from 'fastify'
import { createError, type SluiceError } from 'sluice/internal'
import { z } from 'zod'
import { hashPassword } from '../../auth/passwords.ts'
import { seal, unseal } from '../../auth/sign-in/sealed.ts'
import type { AccountRow } from '../../db/rows.ts'
import { removeKeysOf } from '../keys/remove-keys-of.ts'
import { refuseElsewhere } from './login-form.ts'
import { HOME } from './return-to.ts'
import { SESSION_TEAM } from './session/session-team.ts'
import { baseUrlOf } from './session/sessions.ts'
import type { SignInServices } from './sign-in-services.ts'

const id = z.string().min(1).max(256)
const Get = z.object({ invite_link: id })
const Claim = z.strictObject({
  invitation_link: id,
  user_id: id,
  password: z.string().max(1_024),
  token: z.string().optional(),
})
const USE = 'onboarding'
const about = (summary: string) => ({ summary, tags: ['Signing in'] })

/** An invitation becomes a password: once, and within its time. */
export function addOnboardingRoutes(scope: FastifyInstance, services: SignInServices): void {
  const { database, sessions, settings, audit, now } = services
  scope.get(
    '/onboarding/get_token',
    { schema: { querystring: Get, ...about('Read an invitation') } },
    async request => {
      const { invite_link: link } = request.query as z.infer<typeof Get>
      const { user, expiresAt } = await invited(link, services)
      const base = baseUrlOf(request, settings())
      return {
        login_url: `${base}/ui/onboarding?user_id=${encodeURIComponent(user.id)}`,
        // It names the invitation and opens nothing: whoever holds the link has yet to choose a password.
        token: seal({ link }, USE, sessions.masterKey(), expiresAt),
        user_email: user.email,
        user_id: user.id,
      }
    },
  )
  scope.post(
    '/onboarding/claim_token',
    { schema: { body: Claim, ...about('Choose a password and sign in') } },
    async (request, reply) => {
      refuseElsewhere(request, services)
      const { invitation_link: given, user_id: userId, password } = request.body as z.infer<typeof Claim>
      const sealed = unseal(given, USE, sessions.masterKey(), now()) as { readonly link: string } | undefined
      const link = sealed?.link ?? given
      const { user } = await invited(link, services)
      if (user.id !== userId) throw gone()
      const hash = await hashPassword(password)
      const ended = await audit.together(async () => {
        await database.accounts.hold('user', user.id)
        if (!(await database.invitations.accept(link, now(), user.id))) throw gone()
        await database.passwords.set(user.id, hash, now())
        await audit.record({
          ...{ action: 'updated', table: 'LiteLLM_UserTable', objectId: user.id, actor: user.id },
          after: { password: 'set by invitation' },
        })
        return await removeKeysOf({ userId: user.id, teamId: SESSION_TEAM }, { actor: user.id }, services)
      })
      sessions.forget(ended)
      const session = await sessions.begin({ user, proof: hash, method: 'username_password' }, request, reply)
      return {
        ...{ user_id: user.id, user_email: user.email, user_role: session.user_role },
        redirect_url: baseUrlOf(request, settings()) + HOME,
      }
    },
  )
}

/** One answer for a link that is wrong, old or used: nobody learns which. */
async function invited(
  link: string,
  { database, now }: SignInServices,
): Promise<{ readonly user: AccountRow; readonly expiresAt: number }> {
  const row = await database.invitations.find(link)
  if (row === undefined || row.isAccepted || row.expiresAt <= now()) throw gone()
  const user = await database.accounts.find('user', row.userId)
  if (user === undefined || user.blocked) throw gone()
  return { user, expiresAt: row.expiresAt }
}

function gone(): SluiceError {
  return createError({
    kind: 'authentication',
    type: 'auth_error',
    message: 'This invitation does not exist, has ended or was used. Ask for a new one.',
  })
}
