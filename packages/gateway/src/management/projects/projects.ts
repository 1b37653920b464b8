import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { badRequest } from 'sluice/internal'
import type { KeyStore } from '../../db/database.ts'
import type { AccountRow } from '../../db/rows.ts'
import { type AccountContext, accountChanges, newAccount } from '../accounts/account-fields.ts'
import { type AccountServices, AccountsOffice } from '../accounts/accounts-office.ts'
import { keptOf, warned } from '../accounts/kept-fields.ts'
import { pageAnswer } from '../accounts/page.ts'
import { checkWithin } from '../accounts/within-organization.ts'
import { type AccessServices, permitOf, protectRoutes } from '../protect-routes.ts'
import { streamedList } from '../streamed-list.ts'
import { TEAM } from '../teams/team-json.ts'
import type { TypedRoutes } from '../typed-routes.ts'
import { PROJECT, projectAnswer } from './project-json.ts'
import {
  DeleteProjectsBody,
  KEPT_PROJECT_FIELDS,
  ListProjectsQuery,
  NewProjectBody,
  type ProjectBody,
  ProjectQuery,
  UpdateProjectBody,
} from './project-schemas.ts'

const tags = ['Projects']
/** Projects one answer without pages may hold. */
const MOST = 100_000
/** Projects read together for it. */
const AT_ONCE = 250

/** `/project/*`, LiteLLM's endpoints of projects, each of which lies in a team: a Fastify plugin. */
export async function registerProjectRoutes(
  app: FastifyInstance,
  services: AccountServices & AccessServices,
): Promise<void> {
  await app.register(async scope => {
    protectRoutes(scope, services)
    const routes = scope.withTypeProvider<ZodTypeProvider>()
    const accounts = new AccountsOffice(services)
    addReading(routes, accounts)
    addChanging(routes, accounts)
    addRemoval(routes, accounts, services.database.keys)
  })
}

function addReading(routes: TypedRoutes, accounts: AccountsOffice): void {
  routes.get(
    '/project/info',
    { schema: { querystring: ProjectQuery, tags, summary: 'A project' } },
    async request => projectAnswer(await reached(accounts, request.query.project_id, request)),
  )
  routes.get(
    '/project/list',
    {
      schema: {
        querystring: ListProjectsQuery,
        tags,
        summary: 'Projects of teams you may see; `page` pages',
      },
    },
    async (request, reply) => {
      const { page, page_size: size, team_id: teamId, project_alias: search } = request.query
      const scope = await permitOf(request).scope()
      const mine =
        scope === 'any' ? undefined : [...scope.teamIds, ...(await teamsOf(accounts, scope.organizationIds))]
      const teamIds =
        teamId === undefined ? mine : [teamId].filter(id => mine === undefined || mine.includes(id))
      const filter = { teamIds, search, sortBy: 'alias' as const, sortOrder: 'asc' as const }
      if (page === undefined) {
        const ids = await accounts.listIds(PROJECT, { ...filter, page: 1, size: MOST })
        const partOf = async (some: readonly string[]) =>
          (await accounts.findMany(PROJECT, some)).map(projectAnswer)
        return await streamedList(reply, ids, AT_ONCE, partOf)
      }
      const { rows, total } = await accounts.list(PROJECT, { ...filter, page, size })
      return { projects: rows.map(projectAnswer), ...pageAnswer(total, { page, page_size: size }) }
    },
  )
}

function addChanging(routes: TypedRoutes, accounts: AccountsOffice): void {
  routes.post(
    '/project/new',
    { schema: { body: NewProjectBody, tags, summary: 'Make a project in a team' } },
    async request => {
      const { project_id: wanted, team_id: teamId, ...body } = request.body
      await permitOf(request).reach({ teamId }, request.body)
      const context = accounts.context(request)
      const { changes, warnings } = projectChanges(body, undefined, context)
      const row = newAccount('project', wanted ?? randomUUID(), context, { ...changes, teamId })
      const created = await accounts.write(request, async writer => {
        await checkTeam(accounts, row)
        return await writer.create(PROJECT, row)
      })
      return { ...projectAnswer(created), ...warned(warnings) }
    },
  )
  for (const method of ['POST', 'PATCH'] as const)
    routes.route({
      ...{ method, url: '/project/update' },
      schema: { body: UpdateProjectBody, tags, summary: 'Change a project; null clears a field' },
      handler: async request => {
        const { project_id: id, team_id: teamId, ...body } = request.body
        await reached(accounts, id, request, request.body)
        if (teamId !== undefined) await permitOf(request).reach({ teamId }, request.body)
        const context = accounts.context(request)
        let warnings: readonly string[] = []
        const row = await accounts.write(request, async writer => {
          const after = await writer.change(PROJECT, id, before => {
            const change = projectChanges(body, before, context)
            warnings = change.warnings
            return { ...change.changes, ...(teamId !== undefined && { teamId }) }
          })
          await checkTeam(accounts, after)
          return after
        })
        return { ...projectAnswer(row), ...warned(warnings) }
      },
    })
}

function addRemoval(routes: TypedRoutes, accounts: AccountsOffice, keys: KeyStore): void {
  routes.delete(
    '/project/delete',
    {
      schema: { body: DeleteProjectsBody, tags, summary: 'Remove projects; refused while keys are in them' },
    },
    async request => {
      const ids = [...new Set(request.body.project_ids)]
      for (const id of ids) await reached(accounts, id, request)
      const rows = await accounts.write(request, async writer => {
        const removed = await writer.remove(PROJECT, ids)
        for (const row of removed) await refuseKeys(keys, row)
        return removed
      })
      return rows.map(projectAnswer)
    },
  )
}

/** A key whose project is gone would have lost its limits. */
async function refuseKeys(keys: KeyStore, { id }: AccountRow): Promise<void> {
  const { total } = await keys.list({ projectId: id, page: 1, size: 1 })
  if (total === 0) return
  throw badRequest(
    `project_ids: ${id} has ${total} keys. Remove them first, or move them to another project.`,
    'project_ids',
  )
}

/** A project that the caller reaches; for everybody else, one that is not theirs is as good as none. */
async function reached(
  accounts: AccountsOffice,
  id: string,
  request: FastifyRequest,
  body?: Readonly<Record<string, unknown>>,
): Promise<AccountRow> {
  const row = await accounts.peek(PROJECT, id)
  await permitOf(request).reach({ teamId: row?.teamId }, body)
  return row ?? (await accounts.find(PROJECT, id))
}

async function teamsOf(
  accounts: AccountsOffice,
  organizationIds: readonly string[],
): Promise<readonly string[]> {
  if (organizationIds.length === 0) return []
  return await accounts.listIds(TEAM, { organizationIds, page: 1, size: MOST })
}

async function checkTeam(accounts: AccountsOffice, project: AccountRow): Promise<void> {
  const team = await accounts.find(TEAM, project.teamId ?? '')
  checkWithin(project, TEAM, team, accounts.modelNames().groups)
}

/** Tags lie in the metadata, as LiteLLM has them. */
function projectChanges(body: ProjectBody, before: AccountRow | undefined, context: AccountContext) {
  const kept = keptOf(body, KEPT_PROJECT_FIELDS)
  const { tags: labels, project_alias: alias, description } = body
  const isTouched = body.metadata !== undefined || labels !== undefined || kept.warnings.length > 0
  const { tags: old, ...rest } = {
    ...(body.metadata === undefined ? before?.metadata : body.metadata),
  } as Record<string, unknown>
  const now = labels === undefined ? old : labels
  const metadata = { ...rest, ...kept.fields, ...(now != null && { tags: now }) }
  const changes: Partial<AccountRow> = {
    ...accountChanges({ ...body, metadata: isTouched ? metadata : undefined }, before, context),
    ...(alias !== undefined && { alias }),
    ...(description !== undefined && { details: { ...before?.details, description } }),
  }
  return { changes, warnings: kept.warnings }
}
