import type { AccountCache } from '../../auth/account-cache.ts'
import {
  type Authenticator,
  type AuthenticatorOptions,
  createAuthenticator,
} from '../../auth/authenticate.ts'
import { createFrontDoor } from '../../auth/door/front-door.ts'
import type { Directory } from '../../auth/door/principal.ts'
import { KeyMappings } from '../../auth/jwt/key-mappings.ts'
import type { FetchJson } from '../../auth/jwt/key-set.ts'
import { TokenAuthenticator } from '../../auth/jwt/token-authenticator.ts'
import type { KeyCache } from '../../auth/key-cache.ts'
import type { Settings } from '../../config/settings.ts'
import type { Database } from '../../db/database.ts'
import type { Audit } from '../audit/audit-log.ts'
import { createDirectory } from './directory.ts'
import { registerKeyOf } from './register-key.ts'

export interface OpenFrontDoorServices {
  readonly settings: () => Settings
  readonly database: Pick<Database, 'accounts' | 'facts' | 'keys' | 'keyMappings' | 'identities'>
  readonly accounts: AccountCache
  readonly audit: Audit
  readonly keys: KeyCache
  readonly globalSpend?: AuthenticatorOptions['globalSpend']
  readonly fetchJson: FetchJson
}

/** How everybody comes in, and what signing in may write. */
export interface OpenFrontDoor {
  readonly authenticator: Authenticator
  readonly directory: Directory
  readonly mappings: KeyMappings
}

/** Puts together keys, tokens, the operator's own check and the rules of the house. */
export function openFrontDoor(services: OpenFrontDoorServices): OpenFrontDoor {
  const { settings, database, fetchJson, accounts } = services
  const now = Date.now
  const keyAuthenticator = createAuthenticator(services)
  const directory = createDirectory({ ...services, now })
  const register = registerKeyOf({ ...services, now })
  const mappings = new KeyMappings({ store: database.keyMappings, now, register })
  const tokens = new TokenAuthenticator({
    ...{ accounts, directory, mappings, fetchJson, now },
    admit: keyAuthenticator.admit,
    admitKey: keyAuthenticator.admitKey,
  })
  return { authenticator: createFrontDoor({ settings, keys: keyAuthenticator, tokens }), directory, mappings }
}
