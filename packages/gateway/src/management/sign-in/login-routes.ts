import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { createError, SluiceError } from 'sluice/internal'
import { z } from 'zod'
import { ADMIN_USER_ID } from '../../auth/caller.ts'
import { addressAtDoor } from '../../auth/door/house-rules.ts'
import { hashKey } from '../../auth/hash.ts'
import type { AccountRow } from '../../db/rows.ts'
import { emailOf } from '../users/user-changes.ts'
import { refuseElsewhere, sendLoginForm } from './login-form.ts'
import { wantsPage } from './pages.ts'
import { HOME, returnTo } from './return-to.ts'
import { baseUrlOf } from './session/sessions.ts'
import type { SignInServices } from './sign-in-services.ts'

const Login = z.strictObject({
  username: z.string().min(1).max(320),
  password: z.string().min(1).max(1_024),
  form_token: z.string().max(256).optional(),
})
type Login = z.infer<typeof Login>
type Refusable = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

const about = (summary: string) => ({ summary, tags: ['Signing in'] })

/** Name and password: the admin by UI_USERNAME and UI_PASSWORD, users by id or e-mail. */
export function addLoginRoutes(scope: FastifyInstance, services: SignInServices): void {
  const { sessions, settings } = services
  const signIn = async (request: FastifyRequest, reply: FastifyReply) => {
    sessions.masterKey()
    refuseElsewhere(request, services)
    const { user, proof } = await userOf(request.body as Login, request, services)
    return await sessions.begin({ user, proof, method: 'username_password' }, request, reply)
  }
  scope.post('/login', { schema: { body: Login, ...about('Sign in with a form') } }, async (request, reply) =>
    orForm(services, request, reply, async () => {
      await signIn(request, reply)
      return reply.redirect(baseUrlOf(request, settings()) + HOME, 303)
    }),
  )
  scope.post('/v2/login', { schema: { body: Login, ...about('Sign in') } }, async (request, reply) => {
    await signIn(request, reply)
    return { redirect_url: baseUrlOf(request, settings()) + HOME }
  })
  scope.get('/fallback/login', { schema: about('The form for name and password') }, async (request, reply) =>
    sendLoginForm(request, reply, services, { status: 200, providers: [], returnTo: HOME }),
  )
  const leave: Refusable = async (request, reply) => {
    await sessions.end(request, reply)
    return settings().signIn.sso.logoutUrl ?? `${baseUrlOf(request, settings())}/sso/key/generate`
  }
  scope.post('/logout', { schema: about('Sign out') }, async (request, reply) => ({
    redirect_url: await leave(request, reply),
  }))
  scope.get('/logout', { schema: about('Sign out') }, async (request, reply) =>
    reply.redirect(String(await leave(request, reply)), 303),
  )
}

/** A browser sees the form again, with what was wrong. */
async function orForm(
  services: SignInServices,
  request: FastifyRequest,
  reply: FastifyReply,
  work: () => Promise<unknown>,
): Promise<unknown> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof SluiceError) || !wantsPage(request)) throw error
    const { status, message: problem } = error
    const providers = services.settings().signIn.sso.providers.map(({ name }) => name)
    return sendLoginForm(request, reply, services, {
      ...{ status, providers, problem, returnTo: returnTo(undefined) },
    })
  }
}

/** `proof`: the stored hash of the password. Takes as long for a name nobody has. Rejects with `AuthenticationError`, or `RateLimitError` after too many tries. */
async function userOf(
  { username, password }: Login,
  request: FastifyRequest,
  { settings, attempts, passwords, database, directory }: SignInServices,
): Promise<{ readonly user: AccountRow; readonly proof?: string }> {
  const { ui, door } = settings().signIn
  const from = { method: request.method, path: '', headers: request.headers, address: request.ip }
  const address = addressAtDoor(from, door) ?? 'unknown'
  await attempts.begin(username, address)
  const isAdmin = isSame(username, ui.userName) && ui.password !== undefined && isSame(password, ui.password)
  if (isAdmin) {
    await attempts.succeed(username, address)
    const facts = { id: ADMIN_USER_ID, role: 'proxy_admin' }
    return { user: await directory.ensureUser(facts, { actor: 'sign-in', sync: true }) }
  }
  const user = await findUser(username, database)
  const proof = await passwords.prove(user?.id, password)
  if (proof === undefined || user === undefined) throw wrong()
  await attempts.succeed(username, address)
  return { user, proof }
}

async function findUser(
  name: string,
  { accounts }: SignInServices['database'],
): Promise<AccountRow | undefined> {
  if (!name.includes('@')) return await accounts.find('user', name)
  const { rows } = await accounts.list({ kind: 'user', email: emailOf(name), page: 1, size: 2 })
  return rows.length === 1 ? rows[0] : await accounts.find('user', name)
}

function isSame(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(hashKey(one)), Buffer.from(hashKey(other)))
}

function wrong(): SluiceError {
  return createError({
    kind: 'authentication',
    type: 'auth_error',
    message: 'Invalid credentials used to access UI. Check the user name and the password.',
  })
}
