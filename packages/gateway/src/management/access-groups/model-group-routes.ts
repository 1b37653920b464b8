import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { badRequest, type Deployment, type RouteTable } from 'sluice/internal'
import { configuredGroups } from '../../auth/access-groups/access-group-book.ts'
import type { AccessGroupRow } from '../../db/access-groups/access-group-store.ts'
import { type AccessGroupOffice, unknownGroup } from './access-group-office.ts'
import {
  ModelGroupBody,
  ModelGroupPath,
  ModelGroupQuery,
  NewModelGroupBody,
  UpdateModelGroupBody,
} from './access-group-schemas.ts'

export interface ModelGroupServices {
  readonly routes: () => Pick<RouteTable, 'groups'>
}

type Routes = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>

/** What the models of a group are named by. */
interface Named {
  readonly model_names?: readonly string[] | null | undefined
  readonly model_ids?: readonly string[] | null | undefined
}

/** `/access_group/*`: the same groups, seen from the models; and those that `model_info.access_groups` makes. */
export function addModelGroupRoutes(
  routes: Routes,
  office: AccessGroupOffice,
  services: ModelGroupServices,
): void {
  const deployments = () => services.routes().groups.all()
  addReading(routes, office, deployments)
  addWriting(routes, office, deployments)
  addRemoving(routes, office, deployments)
}

function addReading(
  routes: Routes,
  office: AccessGroupOffice,
  deployments: () => readonly Deployment[],
): void {
  routes.get('/access_group/list', { schema: schema('Access groups with their models') }, async () => {
    const made = configuredGroups(deployments())
    const rows = await office.all()
    const named = new Map<string, Set<string>>(made)
    for (const { accessGroupName: name, models } of rows)
      named.set(name, new Set([...(named.get(name) ?? []), ...models]))
    return { access_groups: [...named].map(([name, models]) => answerOf(name, models, deployments())) }
  })
  const info = async (name: string) => {
    const models = new Set(configuredGroups(deployments()).get(name))
    const row = await office.find({ name })
    if (row === undefined && models.size === 0) throw unknownGroup(name)
    for (const model of row?.models ?? []) models.add(model)
    return answerOf(name, models, deployments())
  }
  routes.get(
    '/access_group/:name/info',
    { schema: { params: ModelGroupPath, ...schema('One access group with its models') } },
    async request => await info(request.params.name),
  )
  routes.get(
    '/access_group/info',
    { schema: { querystring: ModelGroupQuery, ...schema('As /access_group/{name}/info') } },
    async request => await info(request.query.access_group),
  )
}

function addWriting(
  routes: Routes,
  office: AccessGroupOffice,
  deployments: () => readonly Deployment[],
): void {
  const answer = ({ accessGroupName, models }: AccessGroupRow) => {
    const { deployment_count, ...rest } = answerOf(accessGroupName, models, deployments())
    return { ...rest, models_updated: deployment_count }
  }
  routes.post(
    '/access_group/new',
    { schema: { body: NewModelGroupBody, ...schema('Make an access group of models that exist') } },
    async request => {
      const models = modelsOf(request.body, deployments())
      const body = { access_group_name: request.body.access_group, access_model_names: models }
      return answer(await office.create(body, request))
    },
  )
  const change = async (name: string, named: Named, request: Parameters<typeof office.update>[2]) => {
    const { accessGroupId } = await changeable(office, name, deployments())
    const body = { access_model_names: modelsOf(named, deployments()) }
    return answer(await office.update(accessGroupId, body, request))
  }
  routes.put(
    '/access_group/:name/update',
    {
      schema: { params: ModelGroupPath, body: UpdateModelGroupBody, ...schema('Give a group other models') },
    },
    async request => await change(request.params.name, request.body, request),
  )
  routes.post(
    '/access_group/update',
    { schema: { body: UpdateModelGroupBody, ...schema('As /access_group/{name}/update') } },
    async request => {
      const { access_group: name } = request.body
      if (name == null) throw badRequest('access_group: must name the group to change.', 'access_group')
      return await change(name, request.body, request)
    },
  )
}

function addRemoving(
  routes: Routes,
  office: AccessGroupOffice,
  deployments: () => readonly Deployment[],
): void {
  const remove = async (name: string, request: Parameters<typeof office.remove>[1]) => {
    const { accessGroupId } = await changeable(office, name, deployments())
    const { models } = await office.remove(accessGroupId, request)
    const { deployment_count: count } = answerOf(name, models, deployments())
    return {
      access_group: name,
      models_updated: count,
      message: `Access group '${name}' deleted`,
    }
  }
  routes.delete(
    '/access_group/:name/delete',
    { schema: { params: ModelGroupPath, ...schema('Remove an access group; its models stay') } },
    async request => await remove(request.params.name, request),
  )
  routes.post(
    '/access_group/delete',
    { schema: { body: ModelGroupBody, ...schema('As /access_group/{name}/delete') } },
    async request => await remove(request.body.access_group, request),
  )
}

function schema(summary: string) {
  return { tags: ['Access groups'], summary }
}

function answerOf(name: string, models: Iterable<string>, deployments: readonly Deployment[]) {
  const names = [...models]
  const count = deployments.filter(({ group }) => names.includes(group)).length
  return { access_group: name, model_names: names, deployment_count: count }
}

/** Model groups by name or by a deployment's id. Throws `BadRequestError` for one that is not there. */
function modelsOf(
  { model_names: names, model_ids: ids }: Named,
  deployments: readonly Deployment[],
): string[] {
  const groups = new Set(deployments.map(({ group }) => group))
  const unknown = (names ?? []).find(name => !groups.has(name))
  if (unknown !== undefined)
    throw badRequest(
      `model_names: there is no model ${unknown}. /v1/models names those there are.`,
      'model_names',
    )
  const byId = (ids ?? []).map(id => {
    const found = deployments.find(deployment => deployment.id === id)
    if (found === undefined) throw badRequest(`model_ids: there is no deployment ${id}.`, 'model_ids')
    return found.group
  })
  return [...new Set([...(names ?? []), ...byId])]
}

/** Throws `BadRequestError` for a group that only the configuration makes. */
async function changeable(
  office: AccessGroupOffice,
  name: string,
  deployments: readonly Deployment[],
): Promise<AccessGroupRow> {
  const row = await office.find({ name })
  if (row !== undefined) return row
  if (!configuredGroups(deployments).has(name)) throw unknownGroup(name)
  throw badRequest(
    `access_group: ${name} is made by model_info.access_groups in the configuration; change it there.`,
    'access_group',
  )
}
