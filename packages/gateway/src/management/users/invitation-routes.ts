import { randomUUID } from 'node:crypto'
import { createError } from 'sluice/internal'
import { z } from 'zod'
import type { InvitationRow } from '../../db/invitations/invitation-store.ts'
import { idText } from '../accounts/account-fields.ts'
import { isoTime } from '../limit-fields.ts'
import { permitOf } from '../protect-routes.ts'
import { USERS } from './user-json.ts'
import type { UserOffice } from './user-office.ts'
import { reachUser } from './user-reach.ts'
import { about, type UserRoutes } from './user-route.ts'

const WEEK_MS = 7 * 86_400_000
const TABLE = 'LiteLLM_InvitationLink'

/** `/invitation/*`: links by which a user sets a password for the first time; each holds for seven days, once. */
export function addInvitationRoutes(routes: UserRoutes, office: UserOffice): void {
  const { database, audit } = office.services
  const reach = async (userId: string, request: Parameters<typeof permitOf>[0], writes?: object) => {
    const user = await office.accounts.find(USERS, userId)
    await reachUser(permitOf(request), database.accounts, user, writes && {})
  }
  routes.post(
    '/invitation/new',
    { schema: { body: z.strictObject({ user_id: idText }), ...about('Invite a user to set a password') } },
    async request => {
      const { user_id: userId } = request.body
      await reach(userId, request, {})
      const { now, by } = office.accounts.context(request)
      const row: InvitationRow = {
        ...{ id: randomUUID(), userId, isAccepted: false, acceptedAt: null, expiresAt: now + WEEK_MS },
        ...{ createdAt: now, createdBy: by, updatedAt: now, updatedBy: by },
      }
      await audit.together(async () => {
        await database.invitations.create(row)
        // The link is as good as the user's password: the log has the user, and not the link.
        await audit.record({
          action: 'created',
          table: TABLE,
          objectId: userId,
          after: audited(row),
          request,
        })
      })
      return invitationObject(row)
    },
  )
  routes.get(
    '/invitation/info',
    { schema: { querystring: z.strictObject({ invitation_id: idText }), ...about('One invitation') } },
    async request => {
      const row = await mustFind(office, request.query.invitation_id)
      await reach(row.userId, request, {})
      return invitationObject(row)
    },
  )
  addInvitationChanges(routes, office, reach)
}

function addInvitationChanges(
  routes: UserRoutes,
  office: UserOffice,
  reach: (userId: string, request: Parameters<typeof permitOf>[0], writes?: object) => Promise<void>,
): void {
  const { database, audit } = office.services
  const Update = z.strictObject({ invitation_id: idText, is_accepted: z.literal(true, 'must be true') })
  routes.post(
    '/invitation/update',
    { schema: { body: Update, ...about('Mark an invitation as accepted, so that it works no more') } },
    async request => {
      const before = await mustFind(office, request.body.invitation_id)
      await reach(before.userId, request, {})
      const { now, by } = office.accounts.context(request)
      await audit.together(async () => {
        await database.invitations.accept(before.id, now, by)
        const after = audited(await mustFind(office, before.id))
        const change = { action: 'updated', table: TABLE, objectId: before.userId } as const
        await audit.record({ ...change, before: audited(before), after, request })
      })
      return invitationObject(await mustFind(office, before.id))
    },
  )
  routes.post(
    '/invitation/delete',
    { schema: { body: z.strictObject({ invitation_id: idText }), ...about('Take back an invitation') } },
    async request => {
      const before = await mustFind(office, request.body.invitation_id)
      await reach(before.userId, request, {})
      await audit.together(async () => {
        await database.invitations.remove(before.id)
        const change = { action: 'deleted', table: TABLE, objectId: before.userId } as const
        await audit.record({ ...change, before: audited(before), request })
      })
      return invitationObject(before)
    },
  )
}

async function mustFind(office: UserOffice, id: string): Promise<InvitationRow> {
  const row = await office.services.database.invitations.find(id)
  if (row !== undefined) return row
  throw createError({
    kind: 'not_found',
    param: 'invitation_id',
    message: 'There is no such invitation. Make one with /invitation/new.',
  })
}

function invitationObject(row: InvitationRow) {
  return { id: row.id, ...audited(row) }
}

function audited(row: InvitationRow) {
  return {
    user_id: row.userId,
    is_accepted: row.isAccepted,
    accepted_at: isoTime(row.acceptedAt),
    expires_at: isoTime(row.expiresAt),
    created_at: isoTime(row.createdAt),
    created_by: row.createdBy,
    updated_at: isoTime(row.updatedAt),
    updated_by: row.updatedBy,
  }
}
