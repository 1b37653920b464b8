import type { ModuleShape } from '../load-module.ts'
import type { CustomAuth } from './sign-in-settings.ts'

/** What a module that `custom_auth` names must export. */
export const customAuthShape: ModuleShape<CustomAuth> = {
  example: "export default async (request, key) => ({ user_id: 'ann', team_id: 'research' })",
  read: exported =>
    typeof exported === 'function'
      ? { value: exported as CustomAuth }
      : { problem: `is no function but ${exported === null ? 'null' : `a ${typeof exported}`}` },
}
