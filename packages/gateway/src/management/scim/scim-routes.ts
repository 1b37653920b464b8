import type { FastifyInstance } from 'fastify'
import { createError, SluiceError } from 'sluice/internal'
import { type AccessServices, protectRoutes } from '../protect-routes.ts'
import { baseUrlOf } from '../sign-in/session/sessions.ts'
import { openTeamRooms, type TeamServices } from '../teams/teams.ts'
import { UserOffice, type UserServices } from '../users/user-office.ts'
import { addDiscoveryRoutes } from './discovery-routes.ts'
import { addGroupRoutes } from './group-routes.ts'
import { scimErrorBody } from './scim-error.ts'
import { addScimUserRoutes } from './scim-user-routes.ts'

export type ScimServices = UserServices & TeamServices & AccessServices

const MEDIA_TYPE = 'application/scim+json'

/** SCIM 2.0: a directory keeps users and, as teams, groups. For the admin, or a key of theirs for these routes alone. */
export async function registerScimRoutes(app: FastifyInstance, services: ScimServices): Promise<void> {
  await app.register(async scope => {
    protectRoutes(scope, services)
    const parse = scope.getDefaultJsonParser('error', 'error')
    scope.removeContentTypeParser('application/json')
    // Directories say what kind of body a DELETE has, although it has none.
    scope.addContentTypeParser<string>(
      [MEDIA_TYPE, 'application/json'],
      { parseAs: 'string' },
      (request, body, done) => {
        if (body === '') done(null, undefined)
        else void parse(request, body, done)
      },
    )
    scope.addHook('onSend', async (_request, reply, payload) => {
      void reply.type(`${MEDIA_TYPE}; charset=utf-8`)
      return payload
    })
    scope.setErrorHandler((error, _request, reply) => {
      const told = asRefusal(error)
      if (told.retryAfterMs !== undefined)
        void reply.header('retry-after', Math.ceil(told.retryAfterMs / 1000))
      return reply.status(told.status).send(scimErrorBody(told))
    })
    const rooms = { users: new UserOffice(services), ...openTeamRooms(services) }
    const base = (request: Parameters<typeof baseUrlOf>[0]) =>
      `${baseUrlOf(request, services.settings())}/scim/v2`
    addScimUserRoutes(scope, rooms, base)
    addGroupRoutes(scope, rooms, base)
    addDiscoveryRoutes(scope, base)
  })
}

function asRefusal(error: unknown): SluiceError {
  if (error instanceof SluiceError) return error
  const { statusCode, message = '' } = error as { readonly statusCode?: number; readonly message?: string }
  if (statusCode !== undefined && statusCode < 500) return createError({ kind: 'bad_request', message })
  return createError({ kind: 'internal', message: 'An internal error occurred.', cause: error })
}
