import { createError, type SluiceError } from 'sluice/internal'
import type { AccountSubject } from './account-subject.ts'

/** Nobody of that id is there. */
export function missing(
  { noun, idField }: Pick<AccountSubject, 'noun' | 'idField'>,
  id: string,
): SluiceError {
  return createError({
    kind: 'not_found',
    message: `${noun} not found, passed ${idField}=${id}. Check its spelling, and that it was not deleted.`,
    param: idField,
  })
}
