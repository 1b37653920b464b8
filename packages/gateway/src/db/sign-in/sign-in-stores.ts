import type { Connection } from '../connection.ts'
import { createIdentityStore } from './identity-store.ts'
import { createKeyMappingStore } from './key-mapping-store.ts'
import { createPasswordStore } from './password-store.ts'

/** What only signing in reads. */
export function createSignInStores(connection: Connection) {
  return {
    passwords: createPasswordStore(connection),
    identities: createIdentityStore(connection),
    keyMappings: createKeyMappingStore(connection),
  }
}
