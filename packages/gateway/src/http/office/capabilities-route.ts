import type { FastifyInstance } from 'fastify'
import {
  badRequest,
  createError,
  type Deployment,
  deploymentCapabilities,
  type EndpointName,
  endpoints,
  type JsonObject,
} from 'sluice/internal'
import { isWithinReach } from '../../auth/models/team-models.ts'
import { callerOfRequest } from '../../management/protect-routes.ts'
import type { Stages } from '../../steps/stages.ts'
import { isModelOf } from './visible-models.ts'

interface Query {
  model?: string
  endpoint?: string
}

/** `GET /v1/capabilities?model=`: what becomes of each parameter at each deployment of a model. */
export function registerCapabilitiesRoute(app: FastifyInstance, stages: () => Stages): void {
  for (const path of ['/v1/capabilities', '/capabilities'])
    app.get<{ Querystring: Query }>(
      path,
      {
        config: { access: 'info' as const },
        schema: { summary: 'What becomes of each parameter of a model', tags: ['Models'] },
      },
      async request => {
        const { model, endpoint } = request.query
        if (!model)
          throw badRequest(
            'model: name the model to ask about, for example /v1/capabilities?model=gpt-4o.',
            'model',
          )
        const { routes } = stages()
        const caller = callerOfRequest(request)
        if (!isModelOf(caller, model, stages()))
          throw createError({
            kind: 'not_found',
            message: `The model "${model}" does not exist, or your key may not use it.`,
            param: 'model',
          })
        const names = endpoint === undefined ? undefined : [endpointNamed(endpoint)]
        return {
          object: 'list',
          model,
          data: routes.groups
            .resolve(caller.aliases.get(model) ?? model)
            .filter(one => isWithinReach(one, caller))
            .map(one => rowOf(one, names, stages())),
        }
      },
    )
}

function endpointNamed(name: string): EndpointName {
  if (Object.hasOwn(endpoints, name)) return name as EndpointName
  throw badRequest(`endpoint: "${name}" is none of ${Object.keys(endpoints).join(', ')}.`, 'endpoint')
}

type Params = ReturnType<typeof deploymentCapabilities>

/** What was found of a deployment, by endpoint: it changes with the configuration only, which makes deployments anew. */
const found = new WeakMap<Deployment, Map<EndpointName, Params>>()

function paramsOf(deployment: Deployment, name: EndpointName, { settings, catalogue }: Stages): Params {
  const known = settings.providers.get(deployment.provider)
  if (known === undefined) return []
  const byEndpoint = found.get(deployment) ?? new Map<EndpointName, Params>()
  found.set(deployment, byEndpoint)
  const params = byEndpoint.get(name) ?? deploymentCapabilities(known, deployment, name, catalogue)
  byEndpoint.set(name, params)
  return params
}

/** Nothing of where a deployment is or how it is reached: only which vendor's model it is. */
function rowOf(
  deployment: Deployment,
  names: readonly EndpointName[] | undefined,
  stages: Stages,
): JsonObject {
  const { id, provider, model } = deployment
  const all = Object.keys(stages.settings.providers.get(provider)?.endpoints ?? {}) as EndpointName[]
  const served = names ?? all
  return {
    model_id: id,
    provider,
    provider_model: model,
    endpoints: Object.fromEntries(served.map(name => [name, { params: paramsOf(deployment, name, stages) }])),
  }
}
