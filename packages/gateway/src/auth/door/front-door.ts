import type { Settings } from '../../config/settings.ts'
import type { SignInSettings } from '../../config/sign-in/sign-in-settings.ts'
import type { Authenticator, KeyAuthenticator } from '../authenticate.ts'
import type { Caller } from '../caller.ts'
import type { TokenAuthenticator } from '../jwt/token-authenticator.ts'
import { askCustomAuth } from './custom-auth.ts'
import { type HouseRules, houseRules } from './house-rules.ts'
import type { Origin } from './origin.ts'

export interface FrontDoorServices {
  readonly settings: () => Settings
  readonly keys: KeyAuthenticator
  readonly tokens: TokenAuthenticator
}

interface Derived {
  readonly settings: Settings
  readonly rules: HouseRules | undefined
  /** Nothing but keys is accepted, and nothing is asked besides. */
  readonly isPlain: boolean
}

/**
 * What every credential passes, at every door: the address, the route, the operator's own check, tokens, keys. Where
 * none of these is configured it is the keys' authenticator and costs nothing.
 */
export function createFrontDoor(services: FrontDoorServices): Authenticator {
  const { keys } = services
  let derived: Derived | undefined
  const current = (): Derived => {
    const settings = services.settings()
    if (derived?.settings !== settings) derived = derive(settings)
    return derived
  }
  return {
    enter: origin => current().rules?.enter(origin),
    authenticate(credential, origin = NOWHERE) {
      const { settings, rules, isPlain } = current()
      if (isPlain) return keys.authenticate(credential)
      rules?.enter(origin)
      if (rules?.isPublic(origin) && credential === undefined) return keys.anybody()
      const caller = identify(services, settings, credential, origin)
      if (rules === undefined) return caller
      if (!(caller instanceof Promise)) return passed(rules, caller, origin)
      return caller.then(found => passed(rules, found, origin))
    },
  }
}

const NOWHERE: Origin = { method: '', path: '', headers: {}, address: undefined }

function derive(settings: Settings): Derived {
  const { door, jwt, oauth2 } = settings.signIn
  const rules = houseRules(door, jwt?.publicRoutes ?? [])
  return {
    settings,
    rules,
    isPlain:
      rules === undefined && jwt === undefined && oauth2 === undefined && door.customAuth === undefined,
  }
}

function passed(rules: HouseRules, caller: Caller, origin: Origin): Caller {
  rules.pass(caller, origin)
  return caller
}

function identify(
  services: FrontDoorServices,
  { signIn }: Settings,
  credential: string | undefined,
  origin: Origin,
): Caller | Promise<Caller> {
  const { customAuth } = signIn.door
  if (customAuth === undefined || services.keys.isMaster(credential))
    return known(services, signIn, credential, origin)
  return askCustomAuth(customAuth, credential, origin).then(answer => {
    if (answer === undefined) return known(services, signIn, credential, origin)
    return 'key' in answer ? services.keys.authenticate(answer.key) : services.keys.admit(answer.principal)
  })
}

function known(
  { keys, tokens }: FrontDoorServices,
  { jwt, oauth2 }: SignInSettings,
  credential: string | undefined,
  origin: Origin,
): Caller | Promise<Caller> {
  // A token that can be read here is; the provider is asked of all others.
  const reader = [jwt, oauth2].find(
    each => each !== undefined && credential !== undefined && tokens.reads(credential, each),
  )
  if (reader === undefined || credential === undefined || keys.isMaster(credential))
    return keys.authenticate(credential)
  return tokens.authenticate(credential, origin, reader)
}
