import type { FastifyRequest } from 'fastify'
import { createError } from 'sluice/internal'
import type { Reach } from '../../auth/access/access-rule.ts'
import type { AccountRow } from '../../db/rows.ts'
import { eachMember } from '../accounts/member-users.ts'
import { callerOfRequest, permitOf } from '../protect-routes.ts'
import type { TypedRoutes } from '../typed-routes.ts'
import { USERS } from '../users/user-json.ts'
import { organizationMembership } from './organization-json.ts'
import {
  AddOrganizationMembersBody,
  DeleteOrganizationMemberBody,
  UpdateOrganizationMemberBody,
} from './organization-schemas.ts'
import type { OrganizationRooms } from './organizations.ts'

const tags = ['Organizations']

/** Who is in an organization, and who runs it. */
export function addOrganizationMembers(routes: TypedRoutes, { office }: OrganizationRooms): void {
  routes.post(
    '/organization/member_add',
    {
      schema: {
        body: AddOrganizationMembersBody,
        tags,
        summary: 'Take people into an organization; unknown ones are made',
      },
    },
    async request => {
      const { organization_id: id, member, ...limits } = request.body
      const reach = await permitOf(request).reach({ organizationId: id })
      const added = await office.addMembers(id, eachMember(member), limits, reach, request)
      return {
        organization_id: id,
        updated_users: added.map(({ user }) => USERS.answer(user)),
        updated_organization_memberships: added.map(each => organizationMembership(each.member)),
      }
    },
  )
  routes.patch(
    '/organization/member_update',
    {
      schema: {
        body: UpdateOrganizationMemberBody,
        tags,
        summary: "Change a member's role or limits in an organization",
      },
    },
    async request => {
      const { organization_id: id, user_id, user_email, ...changes } = request.body
      const reach = await permitOf(request).reach({ organizationId: id })
      const member = await office.findMember(id, { user_id, user_email })
      refuseOneself(member, reach, request)
      return organizationMembership(await office.updateMember(member, changes, request))
    },
  )
  routes.delete(
    '/organization/member_delete',
    { schema: { body: DeleteOrganizationMemberBody, tags, summary: 'Put somebody out of an organization' } },
    async request => {
      const { organization_id: id, ...named } = request.body
      await permitOf(request).reach({ organizationId: id })
      const member = await office.findMember(id, named)
      await office.removeMember(member, request)
      return organizationMembership(member)
    },
  )
}

function refuseOneself(member: AccountRow, reach: Reach, request: FastifyRequest): void {
  if (reach === 'any' || member.userId !== callerOfRequest(request).record.userId) return
  throw createError({
    kind: 'permission',
    type: 'auth_error',
    message:
      'Nobody sets their own role or limits: ask another admin of the organization, or one of the gateway.',
    param: 'user_id',
  })
}
