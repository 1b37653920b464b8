import type { Settings } from '../../config/settings.ts'

/** What stored credentials are sealed with: the salt key, else the master key. */
export function sealingSecret({ auth }: Settings): string | undefined {
  return auth.saltKey ?? auth.masterKey
}
