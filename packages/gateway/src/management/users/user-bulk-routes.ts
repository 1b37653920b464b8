import type { FastifyRequest } from 'fastify'
import { SluiceError } from 'sluice/internal'
import { newAccount } from '../accounts/account-fields.ts'
import { warned } from '../accounts/kept-fields.ts'
import { CUSTOMERS, customerObject } from '../customers/customer-json.ts'
import { USERS, userObject } from './user-json.ts'
import type { UserOffice } from './user-office.ts'
import { about, type UserRoutes } from './user-route.ts'
import { BulkUpdateBody, type UserChange, UserIdsBody } from './user-schemas.ts'

/** Users changed by one `all_users`. */
const MOST_USERS = 10_000
const PAGE = 500

/** `/user/bulk_update`, and blocking. One user that cannot be changed does not keep the others from it. */
export function addUserBulkRoutes(routes: UserRoutes, office: UserOffice): void {
  routes.post(
    '/user/bulk_update',
    { schema: { body: BulkUpdateBody, ...about('Change many users, each for itself') } },
    async request => {
      const { users, user_updates: updates } = request.body
      const changes = users ?? (await allIds(office)).map(user_id => ({ ...updates, user_id }))
      const results = []
      for (const change of changes) results.push(await updated(office, change, request))
      const successful = results.filter(({ success }) => success).length
      return {
        results,
        total_requested: results.length,
        successful_updates: successful,
        failed_updates: results.length - successful,
      }
    },
  )
  for (const [path, blocked] of [
    ['/user/block', true],
    ['/user/unblock', false],
  ] as const) {
    const summary = `${blocked ? 'Stop' : 'Let go on'}: users by id, and customers where no user has that id`
    routes.post(path, { schema: { body: UserIdsBody, ...about(summary) } }, async request => {
      const rows = []
      for (const id of new Set(request.body.user_ids))
        rows.push(await setBlocked(office, id, blocked, request))
      return { [blocked ? 'blocked_users' : 'unblocked_users']: rows }
    })
  }
}

async function updated(office: UserOffice, change: UserChange, request: FastifyRequest) {
  const { user_id = null, user_email = null } = change
  try {
    const { row, warnings } = await office.update(change, request)
    return {
      ...{ user_id: row.id, user_email: row.email, success: true },
      ...{ updated_user: userObject(row), ...warned(warnings) },
    }
  } catch (error) {
    if (!(error instanceof SluiceError) || error.status >= 500) throw error
    return { user_id, user_email, success: false, error: error.message }
  }
}

/** LiteLLM's `/user/block` is about customers, from the time when they were called users. */
async function setBlocked(office: UserOffice, id: string, blocked: boolean, request: FastifyRequest) {
  const { accounts } = office
  if ((await accounts.peek(USERS, id)) !== undefined)
    return userObject(await accounts.setBlocked(USERS, id, blocked, request))
  if ((await accounts.peek(CUSTOMERS, id)) !== undefined)
    return customerObject(await accounts.setBlocked(CUSTOMERS, id, blocked, request))
  const row = newAccount('customer', id, accounts.context(request), { blocked })
  return customerObject(await accounts.create(CUSTOMERS, row, request))
}

async function allIds(office: UserOffice): Promise<readonly string[]> {
  const ids: string[] = []
  for (let page = 1; ids.length < MOST_USERS; page++) {
    const { rows } = await office.accounts.list(USERS, { page, size: PAGE, sortBy: 'id', sortOrder: 'asc' })
    ids.push(...rows.map(({ id }) => id))
    if (rows.length < PAGE) break
  }
  return ids
}
