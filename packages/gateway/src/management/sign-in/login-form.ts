import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { createError } from 'sluice/internal'
import { cookieLine, cookieOf, isFromElsewhere } from '../../auth/sign-in/cookies.ts'
import type { Settings } from '../../config/settings.ts'
import { loginForm, sendPage } from './pages.ts'
import { isSecure } from './session/sessions.ts'

export interface LoginFormServices {
  readonly settings: () => Settings
}

const COOKIE = 'sluice_form'
const LASTS_SECONDS = 3_600
const FORM = /^[\w-]{32}$/

export interface LoginPage {
  readonly status: number
  readonly returnTo: string
  readonly providers: readonly string[]
  readonly problem?: string | undefined
}

/** The form for name and password, good for the browser that asked for it and for no other. */
export function sendLoginForm(
  request: FastifyRequest,
  reply: FastifyReply,
  { settings }: LoginFormServices,
  { status, returnTo, providers, problem }: LoginPage,
): FastifyReply {
  const known = cookieOf(request.headers, COOKIE)
  const browser = known !== undefined && FORM.test(known) ? known : randomBytes(24).toString('base64url')
  const line = { path: '/', maxAge: LASTS_SECONDS, isSecure: isSecure(request, settings()) }
  void reply.header('set-cookie', cookieLine(COOKIE, browser, line))
  const token = tokenOf(browser, settings())
  return sendPage(reply, status, 'Sign in', loginForm(providers, returnTo, token, problem))
}

/**
 * Another site must not sign a visitor in as somebody it knows. Browsers say who made them send a request, but over plain
 * http only that it has an origin, which of a page like ours is `null`: then the form's own token must fit the cookie.
 * What is no form no page can send without asking first. Throws `PermissionDeniedError`.
 */
export function refuseElsewhere({ headers, body }: FastifyRequest, { settings }: LoginFormServices): void {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true
  const isOfBrowser = headers.origin !== undefined || headers['sec-fetch-site'] !== undefined
  if (!isFromElsewhere(headers) && !(isForm && isOfBrowser && !fits(headers, body, settings()))) return
  throw createError({
    kind: 'permission',
    type: 'auth_error',
    message: 'Sign in on the pages of the gateway itself: load its form anew, with cookies allowed.',
  })
}

function fits(headers: FastifyRequest['headers'], body: unknown, settings: Settings): boolean {
  const browser = cookieOf(headers, COOKIE)
  const { form_token: given } = (body ?? {}) as { readonly form_token?: unknown }
  if (browser === undefined || !FORM.test(browser) || typeof given !== 'string') return false
  const right = Buffer.from(tokenOf(browser, settings))
  const stated = Buffer.from(given)
  return stated.length === right.length && timingSafeEqual(stated, right)
}

/** Whoever could plant a cookie still could not make this. */
function tokenOf(browser: string, { auth }: Settings): string {
  return createHmac('sha256', `login form ${auth.masterKey ?? ''}`)
    .update(browser)
    .digest('base64url')
}
