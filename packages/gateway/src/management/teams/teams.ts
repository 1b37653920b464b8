import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Database } from '../../db/database.ts'
import { type AccountServices, AccountsOffice } from '../accounts/accounts-office.ts'
import { type AccessServices, protectRoutes } from '../protect-routes.ts'
import { addCallbackRoutes } from './callback-routes.ts'
import { MemberOffice } from './member-office.ts'
import { addMemberRoutes } from './member-routes.ts'
import { addPermissionRoutes } from './permission-routes.ts'
import { addTeamChanges } from './team-change-routes.ts'
import { DefaultTeamParams } from './team-defaults.ts'
import { TeamOffice } from './team-office.ts'
import { addTeamReading } from './team-read-routes.ts'

export type TeamServices = AccountServices &
  AccessServices & { readonly database: Pick<Database, 'accounts' | 'keys' | 'facts'> }

/** What the routes of teams work with. */
export interface TeamRooms {
  readonly services: TeamServices
  readonly accounts: AccountsOffice
  readonly members: MemberOffice
  readonly teams: TeamOffice
  readonly defaults: DefaultTeamParams
}

/** For the routes of organizations too, whose teams go with them. */
export function openTeamRooms(services: TeamServices): TeamRooms {
  const accounts = new AccountsOffice(services)
  const members = new MemberOffice(accounts)
  const defaults = new DefaultTeamParams(services)
  return { services, accounts, members, teams: new TeamOffice(accounts, members), defaults }
}

/** `/team/*`, LiteLLM's endpoints of teams: a Fastify plugin. */
export async function registerTeamRoutes(app: FastifyInstance, services: TeamServices): Promise<void> {
  await app.register(async scope => {
    protectRoutes(scope, services)
    const routes = scope.withTypeProvider<ZodTypeProvider>()
    const rooms = openTeamRooms(services)
    addTeamReading(routes, rooms)
    addTeamChanges(routes, rooms)
    addMemberRoutes(routes, rooms)
    addPermissionRoutes(routes, rooms)
    addCallbackRoutes(routes, rooms)
  })
}
