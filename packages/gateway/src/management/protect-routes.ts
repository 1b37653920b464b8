import type { FastifyInstance, FastifyRequest, FastifySchemaCompiler } from 'fastify'
import { badRequest, createError, type SluiceError } from 'sluice/internal'
import type { ZodError, ZodType } from 'zod'
import { ACCESS } from '../auth/access/access-table.ts'
import { Permit } from '../auth/access/permit.ts'
import type { Authenticator } from '../auth/authenticate.ts'
import { authorizeRoute, type RouteAccess } from '../auth/authorize-route.ts'
import type { Caller } from '../auth/caller.ts'
import { readCredential } from '../auth/credential.ts'
import type { Origin } from '../auth/door/origin.ts'
import { sessionOf } from '../auth/sign-in/cookies.ts'
import type { Settings } from '../config/settings.ts'
import type { AccountStore } from '../db/accounts/account-store.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the route; for a route that does not say, the table of the management does. */
    access?: RouteAccess
  }
}

export interface AccessServices {
  readonly settings: () => Settings
  readonly authenticator: Authenticator
  readonly database: { readonly accounts: Pick<AccountStore, 'list' | 'findMany'> }
}

const callers = new WeakMap<FastifyRequest, Caller>()
const permits = new WeakMap<FastifyRequest, Permit>()

/**
 * Every route registered on this scope is authenticated and authorized before its body is read, denied by default,
 * and validated by its zod schema with errors that name the field.
 */
export function protectRoutes(scope: FastifyInstance, services: AccessServices): void {
  scope.setValidatorCompiler(compileSchema as FastifySchemaCompiler<unknown>)
  scope.addHook('onRoute', ({ method, url, config }) => {
    if (config?.access !== undefined) return
    for (const each of [method].flat())
      if (ACCESS[rowOf(each, url)] === undefined)
        throw new TypeError(`${each} ${url} has no row in the access table`)
  })
  scope.addHook('onRequest', async request => {
    const { keyHeaderName, masterKey } = services.settings().auth
    const { url = '', config } = request.routeOptions
    const origin = originOf(request, url)
    const route = rowOf(request.method, url)
    const access = config.access ?? ACCESS[route]
    if (typeof access === 'object' && access.public) return services.authenticator.enter?.(origin)
    const { headers } = request
    // A browser that is signed in sends a cookie; a key that is stated comes first.
    const credential =
      readCredential({ headers, keyHeaderName }) ?? sessionOf(headers, masterKey, Date.now())?.key
    const caller = await services.authenticator.authenticate(credential, origin)
    authorizeRoute(caller, { path: url, access })
    callers.set(request, caller)
    if (typeof access === 'object')
      permits.set(request, new Permit(caller, route, access, services.database.accounts))
  })
}

/** Who sent this request; throws when its route is not protected. */
export function callerOfRequest(request: FastifyRequest): Caller {
  const caller = callers.get(request)
  if (caller === undefined) throw createError({ kind: 'internal', message: 'The route has no caller.' })
  return caller
}

/** What the sender of this request may do here; every handler of the management asks it before it touches an object. */
export function permitOf(request: FastifyRequest): Permit {
  const permit = permits.get(request)
  if (permit === undefined) throw createError({ kind: 'internal', message: 'The route is not in the table.' })
  return permit
}

function originOf({ method, headers, ip }: FastifyRequest, path: string): Origin {
  return { method, path, headers, address: ip }
}

/** The table's row for a route; Fastify answers HEAD where GET is. */
function rowOf(method: string, url: string): string {
  return `${method === 'HEAD' ? 'GET' : method} ${url}`
}

/** For `created_by` and `updated_by`: `litellm-changed-by` when the admin names somebody, else the caller's user. */
export function authorOf(request: FastifyRequest): string | null {
  const { role, record } = callerOfRequest(request)
  const named = role === 'proxy_admin' ? request.headers['litellm-changed-by'] : undefined
  return (typeof named === 'string' && named !== '' ? named : record.userId) ?? null
}

function compileSchema({ schema, httpPart }: { schema: ZodType; httpPart?: string }) {
  return (data: unknown) => {
    const result = schema.safeParse(data ?? {})
    return result.success ? { value: result.data } : { error: refusalOf(result.error, httpPart) }
  }
}

function refusalOf(error: ZodError, part = 'body'): SluiceError {
  const issue = error.issues[0]
  if (issue?.code === 'unrecognized_keys') {
    const names = issue.keys.join(', ')
    return badRequest(
      `Unknown fields in the ${part}: ${names}. Remove them or correct their spelling.`,
      issue.keys[0],
    )
  }
  const path = (issue?.path ?? []).map(String).join('.')
  return badRequest(
    `${path === '' ? `The ${part}` : path}: ${issue?.message ?? 'is not valid'}.`,
    path || undefined,
  )
}
