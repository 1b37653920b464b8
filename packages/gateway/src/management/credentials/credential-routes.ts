import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { type AccessServices, protectRoutes } from '../protect-routes.ts'
import { CredentialOffice, type CredentialServices } from './credential-office.ts'
import {
  CredentialModelPath,
  CredentialPath,
  NewCredentialBody,
  UpdateCredentialBody,
} from './credential-schemas.ts'

const tags = ['Credentials']
const done = (what: string) => ({ success: true, message: `Credential ${what} successfully` })

/** `/credentials`: named keys and addresses of providers, for deployments that name them. */
export async function registerCredentialRoutes(
  app: FastifyInstance,
  services: AccessServices & CredentialServices,
): Promise<void> {
  await app.register(async scope => {
    protectRoutes(scope, services)
    const office = new CredentialOffice(services)
    const routes = scope.withTypeProvider<ZodTypeProvider>()
    routes.post(
      '/credentials',
      { schema: { body: NewCredentialBody, tags, summary: 'Store a credential' } },
      async request => {
        await office.create(request.body, request)
        return done('created')
      },
    )
    routes.get('/credentials', { schema: { tags, summary: 'All stored credentials, masked' } }, async () => ({
      success: true,
      credentials: await office.all(),
    }))
    routes.get(
      '/credentials/by_name/:name',
      { schema: { params: CredentialPath, tags, summary: 'One stored credential, masked' } },
      async request => await office.byName(request.params.name),
    )
    routes.get(
      '/credentials/by_model/:model_id',
      { schema: { params: CredentialModelPath, tags, summary: 'What a deployment signs with, masked' } },
      async request => office.byModel(request.params.model_id),
    )
    routes.patch(
      '/credentials/:name',
      {
        schema: { params: CredentialPath, body: UpdateCredentialBody, tags, summary: 'Change a credential' },
      },
      async request => {
        await office.update(request.params.name, request.body, request)
        return done('updated')
      },
    )
    routes.delete(
      '/credentials/:name',
      { schema: { params: CredentialPath, tags, summary: 'Remove a credential' } },
      async request => {
        await office.remove(request.params.name, request)
        return done('deleted')
      },
    )
  })
}
