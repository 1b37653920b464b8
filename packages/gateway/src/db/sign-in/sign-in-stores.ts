import type { Connection } from '../connection.ts'
import { createKeyMappingStore } from './key-mapping-store.ts'
import { createPasswordStore } from './password-store.ts'

/** What only signing in reads. */
export function createSignInStores(connection: Connection) {
  return { passwords: createPasswordStore(connection), keyMappings: createKeyMappingStore(connection) }
}
