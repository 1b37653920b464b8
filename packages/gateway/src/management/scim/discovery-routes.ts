import type { FastifyInstance } from 'fastify'
import { GROUP_SCHEMA } from './group-routes.ts'
import { about, type BaseOf } from './scim-user-routes.ts'
import { USER_SCHEMA } from './user-resource.ts'

const CORE = 'urn:ietf:params:scim:schemas:core:2.0'

const attribute = (name: string, type: string, more: object = {}) => ({
  ...{ name, type, multiValued: false, required: false, caseExact: false, mutability: 'readWrite' },
  ...{ returned: 'default', uniqueness: 'none', ...more },
})
const list = { multiValued: true }
const value = attribute('value', 'string')

const SCHEMAS = [
  {
    id: USER_SCHEMA,
    name: 'User',
    description: 'A user of the gateway',
    attributes: [
      attribute('userName', 'string', { required: true, uniqueness: 'server' }),
      attribute('name', 'complex', {
        subAttributes: ['formatted', 'givenName', 'familyName'].map(name => attribute(name, 'string')),
      }),
      attribute('displayName', 'string'),
      attribute('active', 'boolean'),
      attribute('emails', 'complex', {
        ...list,
        subAttributes: [value, attribute('type', 'string'), attribute('primary', 'boolean')],
      }),
      attribute('groups', 'complex', { ...list, mutability: 'readOnly', subAttributes: [value] }),
    ],
  },
  {
    id: GROUP_SCHEMA,
    name: 'Group',
    description: 'A team of the gateway',
    attributes: [
      attribute('displayName', 'string', { required: true }),
      attribute('members', 'complex', { ...list, subAttributes: [value, attribute('$ref', 'reference')] }),
    ],
  },
].map(schema => ({ schemas: [`${CORE}:Schema`], ...schema }))

/** What this server can do, for directories that ask before they begin. */
export function addDiscoveryRoutes(scope: FastifyInstance, baseOf: BaseOf): void {
  scope.get('/scim/v2/ServiceProviderConfig', { schema: about('What SCIM can do here') }, async request => ({
    schemas: [`${CORE}:ServiceProviderConfig`],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: 500 },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: false },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Virtual key',
        description: 'A virtual key as bearer token',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseOf(request)}/ServiceProviderConfig` },
  }))
  scope.get('/scim/v2/ResourceTypes', { schema: about('Kinds of resources') }, async request =>
    all(
      (['User', 'Group'] as const).map(name => ({
        ...{
          schemas: [`${CORE}:ResourceType`],
          id: name,
          name,
          endpoint: `/${name}s`,
          schema: `${CORE}:${name}`,
        },
        meta: { resourceType: 'ResourceType', location: `${baseOf(request)}/ResourceTypes/${name}` },
      })),
    ),
  )
  scope.get('/scim/v2/Schemas', { schema: about('Attributes of resources') }, async () => all(SCHEMAS))
}

function all(resources: readonly object[]) {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    ...{ totalResults: resources.length, startIndex: 1, itemsPerPage: resources.length },
    Resources: resources,
  }
}
