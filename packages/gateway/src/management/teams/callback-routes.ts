import type { AccountRow } from '../../db/rows.ts'
import { permitOf } from '../protect-routes.ts'
import type { TypedRoutes } from '../typed-routes.ts'
import { TEAM } from './team-json.ts'
import { CallbackBody, TeamIdPath } from './team-schemas.ts'
import type { TeamRooms } from './teams.ts'

const tags = ['Teams']
const MOST_CALLBACKS = 50
const WARNING = 'Callbacks of single teams have no effect in this version; they are kept with the team.'

/** One logger that a team asked for. Its variables are secrets: kept, and never shown. */
interface TeamCallback {
  readonly callback_name: string
  readonly callback_type: 'success' | 'failure' | 'success_and_failure'
  readonly callback_vars: Readonly<Record<string, string>>
}

/** Loggers of single teams, which are written down and do nothing yet. */
export function addCallbackRoutes(routes: TypedRoutes, { accounts }: TeamRooms): void {
  routes.post(
    '/team/:team_id/callback',
    { schema: { params: TeamIdPath, body: CallbackBody, tags, summary: 'Write down a logger of a team' } },
    async request => {
      const { team_id: teamId } = request.params
      await permitOf(request).reach({ teamId })
      const added: TeamCallback = request.body
      const row = await accounts.change(
        TEAM,
        teamId,
        before => {
          const others = callbacksOf(before).filter(each => each.callback_name !== added.callback_name)
          return { details: { ...before.details, callbacks: [...others, added].slice(-MOST_CALLBACKS) } }
        },
        request,
      )
      return { status: 'success', data: answer(row), warnings: [WARNING] }
    },
  )
  routes.get(
    '/team/:team_id/callback',
    { schema: { params: TeamIdPath, tags, summary: 'Loggers of a team' } },
    async request => {
      const { team_id: teamId } = request.params
      await permitOf(request).reach({ teamId })
      return { status: 'success', data: answer(await accounts.find(TEAM, teamId)), warnings: [WARNING] }
    },
  )
  routes.post(
    '/team/:team_id/disable_logging',
    { schema: { params: TeamIdPath, tags, summary: 'Forget the loggers of a team' } },
    async request => {
      const { team_id: teamId } = request.params
      await permitOf(request).reach({ teamId })
      const forget = ({ details: { callbacks: _, ...details } }: AccountRow) => ({ details })
      const row = await accounts.change(TEAM, teamId, forget, request)
      return { status: 'success', message: `Logging disabled for team ${teamId}`, data: answer(row) }
    },
  )
}

function answer(row: AccountRow) {
  const all = callbacksOf(row)
  const named = (type: 'success' | 'failure') =>
    all.filter(each => each.callback_type.includes(type)).map(each => each.callback_name)
  const names = all.flatMap(each => Object.keys(each.callback_vars))
  return {
    team_id: row.id,
    success_callbacks: named('success'),
    failure_callbacks: named('failure'),
    callback_vars: Object.fromEntries(names.map(name => [name, '****'])),
  }
}

function callbacksOf({ details }: AccountRow): readonly TeamCallback[] {
  return (details['callbacks'] as readonly TeamCallback[] | undefined) ?? []
}
