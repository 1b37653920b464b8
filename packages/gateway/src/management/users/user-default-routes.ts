import { readUserDefaults, type UserDefaultsBody, writeUserDefaults } from './user-defaults.ts'
import type { UserOffice } from './user-office.ts'
import { about, type UserRoutes } from './user-route.ts'

/** `/get/internal_user_settings` and `/update/internal_user_settings`: what new users get. */
export function addUserDefaultRoutes(
  routes: UserRoutes,
  office: UserOffice,
  Body: typeof UserDefaultsBody,
): void {
  const { database, audit, userDefaults } = office.services
  routes.get('/get/internal_user_settings', { schema: about('What new users get') }, async () => ({
    values: await readUserDefaults(database, userDefaults()),
  }))
  routes.patch(
    '/update/internal_user_settings',
    { schema: { body: Body, ...about('Change what new users get from now on') } },
    async request => {
      const before = await readUserDefaults(database, userDefaults())
      const settings = await audit.together(async () => {
        await writeUserDefaults(database, request.body)
        const after = await readUserDefaults(database, userDefaults())
        const change = { action: 'updated', table: 'LiteLLM_Config' } as const
        await audit.record({ ...change, objectId: 'default_internal_user_params', before, after, request })
        return after
      })
      return { message: 'Internal user settings updated successfully', status: 'success', settings }
    },
  )
}
