import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { type AccessServices, protectRoutes } from '../protect-routes.ts'
import { AccessGroupOffice, type AccessGroupServices, groupObject } from './access-group-office.ts'
import { GroupPath, NewGroupBody, UpdateGroupBody } from './access-group-schemas.ts'
import { addModelGroupRoutes, type ModelGroupServices } from './model-group-routes.ts'

const tags = ['Access groups']

export type AccessGroupRouteServices = AccessServices & AccessGroupServices & ModelGroupServices

/** `/v1/access_group` and `/access_group/*`: names that stand for several models in lists of models. */
export async function registerAccessGroupRoutes(
  app: FastifyInstance,
  services: AccessGroupRouteServices,
): Promise<void> {
  await app.register(async scope => {
    protectRoutes(scope, services)
    const office = new AccessGroupOffice(services)
    const routes = scope.withTypeProvider<ZodTypeProvider>()
    const schema = (summary: string) => ({ tags, summary })
    routes.post(
      '/v1/access_group',
      { schema: { body: NewGroupBody, ...schema('Make an access group') } },
      async (request, reply) => {
        const row = await office.create(request.body, request)
        return reply.status(201).send(groupObject(row))
      },
    )
    routes.get('/v1/access_group', { schema: schema('All access groups') }, async () =>
      (await office.all()).map(groupObject),
    )
    const path = '/v1/access_group/:id'
    routes.get(path, { schema: { params: GroupPath, ...schema('One access group') } }, async request =>
      groupObject(await office.mustFind(request.params.id)),
    )
    routes.put(
      path,
      { schema: { params: GroupPath, body: UpdateGroupBody, ...schema('Change an access group') } },
      async request => {
        return groupObject(await office.update(request.params.id, request.body, request))
      },
    )
    routes.delete(
      path,
      { schema: { params: GroupPath, ...schema('Remove an access group') } },
      async (request, reply) => {
        await office.remove(request.params.id, request)
        return reply.status(204).send()
      },
    )
    addModelGroupRoutes(routes, office, services)
  })
}
