import type { CredentialRow } from '../../db/credentials/credential-store.ts'
import type { Sealer } from './sealer.ts'

/** Every field of a credential with its value; undefined for one that cannot be opened. */
export function openValues(
  { credentialName: credential, sealedValues }: Pick<CredentialRow, 'credentialName' | 'sealedValues'>,
  sealer: Sealer | undefined,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(sealedValues).map(([field, sealed]) => [
      field,
      sealer?.open(sealed, { credential, field }),
    ]),
  )
}
