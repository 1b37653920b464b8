import type { FastifyInstance } from 'fastify'
import type { KeyCache } from '../../auth/key-cache.ts'
import { createPasswords } from '../../auth/passwords.ts'
import { Attempts } from '../../auth/sign-in/attempts.ts'
import type { SharedRedis } from '../../redis/shared-redis.ts'
import { protectRoutes } from '../protect-routes.ts'
import { addLoginRoutes } from './login-routes.ts'
import { addMappingRoutes } from './mapping-routes.ts'
import { addOnboardingRoutes } from './onboarding-routes.ts'
import { Sessions } from './session/sessions.ts'
import type { SignInServices } from './sign-in-services.ts'
import { addSsoRoutes } from './sso/sso-routes.ts'

type Given = Omit<SignInServices, 'passwords' | 'attempts' | 'sessions'> & {
  readonly keys: KeyCache
  readonly shared: SharedRedis
}

/** Signing in with a password, at a provider and by invitation; signing out; keys for claims of tokens. */
export async function registerSignInRoutes(app: FastifyInstance, given: Given): Promise<void> {
  const { database, now, shared } = given
  const services: SignInServices = {
    ...given,
    passwords: createPasswords(database.passwords, now),
    attempts: new Attempts({ redis: () => shared.redis, now }),
    sessions: new Sessions(given),
  }
  await app.register(async scope => {
    protectRoutes(scope, services)
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: 64 * 1024 },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    )
    addLoginRoutes(scope, services)
    addSsoRoutes(scope, services)
    addOnboardingRoutes(scope, services)
    addMappingRoutes(scope, services)
  })
}
