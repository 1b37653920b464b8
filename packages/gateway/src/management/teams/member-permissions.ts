import { badRequest } from 'sluice/internal'
import { ACCESS } from '../../auth/access/access-table.ts'

/** Routes that members of every team may call, granted or not. */
const ALWAYS = ['/key/info', '/key/health']

/** Routes that a team may let its members call, in LiteLLM's spelling: what the one table of access says. */
export const GRANTABLE: readonly string[] = [
  ...new Set([
    ...ALWAYS,
    ...Object.entries(ACCESS)
      .filter(([, { member }]) => member === 'granted')
      .map(([route]) => route.slice(route.indexOf(' ') + 1).replace('/key/:key/', '/key/{key_id}/')),
  ]),
]

/** Throws `BadRequestError` naming the first route that cannot be granted. */
export function checkPermissions(routes: readonly string[], field = 'team_member_permissions'): void {
  const wrong = routes.find(route => !GRANTABLE.includes(route))
  if (wrong === undefined) return
  throw badRequest(`${field}: '${wrong}' cannot be granted. Choose among: ${GRANTABLE.join(', ')}.`, field)
}
