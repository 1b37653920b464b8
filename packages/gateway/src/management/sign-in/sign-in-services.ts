import type { Authenticator } from '../../auth/authenticate.ts'
import type { Directory } from '../../auth/door/principal.ts'
import type { KeyMappings } from '../../auth/jwt/key-mappings.ts'
import type { Passwords } from '../../auth/passwords.ts'
import type { Attempts } from '../../auth/sign-in/attempts.ts'
import type { Settings } from '../../config/settings.ts'
import type { Database } from '../../db/database.ts'
import type { Audit } from '../audit/audit-log.ts'
import type { Sessions } from './session/sessions.ts'
import type { BoundedFetch } from './sso/provider-client.ts'

/** What the routes of signing in need. */
export interface SignInServices {
  readonly settings: () => Settings
  readonly authenticator: Authenticator
  readonly database: Database
  readonly directory: Directory
  readonly mappings: KeyMappings
  readonly audit: Audit
  readonly passwords: Passwords
  readonly attempts: Attempts
  readonly sessions: Sessions
  readonly boundedFetch: BoundedFetch
  readonly now: () => number
}
