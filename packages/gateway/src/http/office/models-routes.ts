import type { FastifyInstance, FastifyRequest } from 'fastify'
import { createError, type Deployment, factsOfDeployment, type JsonObject } from 'sluice/internal'
import type { Caller } from '../../auth/caller.ts'
import { callerOfRequest } from '../../management/protect-routes.ts'
import type { Stages } from '../../steps/stages.ts'
import { isDeploymentOf, isModelOf, modelNames, nameFor } from './visible-models.ts'

/** LiteLLM's constant: the date it gives every model. */
const CREATED = 1677610602

/** Lists of what may be called: OpenAI's, Anthropic's, Google's and LiteLLM's. The scope must be protected. */
export function registerModelRoutes(app: FastifyInstance, stages: () => Stages): void {
  for (const path of ['/v1/models', '/models', '/v1beta/models'])
    app.get(path, anyKey('Models your key may use'), async request =>
      shapeOf(request).list(modelNames(callerOfRequest(request), stages()), stages()),
    )

  for (const path of ['/v1/models/*', '/models/*', '/v1beta/models/*'])
    app.get<{ Params: { '*': string } }>(path, anyKey('One model'), async request => {
      const name = request.params['*']
      const caller = callerOfRequest(request)
      if (!isModelOf(caller, name, stages()))
        throw createError({
          kind: 'not_found',
          message: `The model "${name}" does not exist, or your key may not use it.`,
          param: 'model',
        })
      return shapeOf(request).one(name, stages())
    })

  for (const path of ['/model/info', '/v1/model/info'])
    app.get<{ Querystring: { litellm_model_id?: string } }>(
      path,
      anyKey('Deployments with limits and prices'),
      async request => {
        const caller = callerOfRequest(request)
        const wanted = request.query.litellm_model_id
        const deployments = stages()
          .routes.groups.all()
          .filter(
            deployment =>
              (wanted === undefined || deployment.id === wanted) &&
              isDeploymentOf(caller, deployment, stages()),
          )
        return { data: deployments.map(deployment => modelInfo(deployment, caller, stages())) }
      },
    )
}

/** A route that every key may call. */
function anyKey(summary: string) {
  return { config: { access: 'info' as const }, schema: { summary, tags: ['Models'] } }
}

/** How one kind of client reads a model, and a list of them. */
interface Shape {
  one(name: string, stages: Stages): JsonObject
  list(names: readonly string[], stages: Stages): JsonObject
}

/** OpenAI's, Anthropic's and Google's clients all ask `/v1/models`; the headers that each must send tell them apart. */
function shapeOf({ headers, url }: Pick<FastifyRequest, 'headers' | 'url'>): Shape {
  if (headers['anthropic-version'] !== undefined) return anthropicShape
  const google = headers['x-goog-api-client'] ?? headers['x-goog-api-key']
  return google !== undefined || url.startsWith('/v1beta/') ? geminiShape : openaiShape
}

const openaiShape: Shape = {
  one: name => ({ id: name, object: 'model', created: CREATED, owned_by: 'openai' }),
  list: (names, stages) => ({ object: 'list', data: names.map(name => openaiShape.one(name, stages)) }),
}

/** Source: https://platform.claude.com/docs/en/api/models-list */
const anthropicShape: Shape = {
  one: name => ({
    id: name,
    type: 'model',
    display_name: name,
    created_at: new Date(CREATED * 1000).toISOString(),
  }),
  list: (names, stages) => ({
    data: names.map(name => anthropicShape.one(name, stages)),
    first_id: names[0] ?? null,
    last_id: names.at(-1) ?? null,
    has_more: false,
  }),
}

/** Source: https://ai.google.dev/api/models */
const geminiShape: Shape = {
  one(name, { routes, catalogue }) {
    const deployment = routes.groups.find(name)?.[0]
    const facts = deployment && factsOfDeployment(catalogue, deployment)
    return {
      name: `models/${name}`,
      displayName: name,
      inputTokenLimit: facts?.max_input_tokens,
      outputTokenLimit: facts?.max_output_tokens,
      supportedGenerationMethods: ['generateContent', 'streamGenerateContent', 'countTokens'],
    }
  },
  list: (names, stages) => ({ models: names.map(name => geminiShape.one(name, stages)) }),
}

/** A deployment as LiteLLM shows it, without any secret. */
function modelInfo(deployment: Deployment, caller: Caller, { catalogue }: Stages): JsonObject {
  const { price: _, ...facts } = factsOfDeployment(catalogue, deployment) ?? { price: undefined }
  return {
    model_name: nameFor(caller, deployment) ?? deployment.group,
    litellm_params: {
      model: `${deployment.provider}/${deployment.model}`,
      api_base: deployment.apiBase,
      rpm: deployment.rpm,
      tpm: deployment.tpm,
      weight: deployment.weight,
      order: deployment.order,
      tags: deployment.tags,
    },
    model_info: { ...facts, ...deployment.modelInfo, id: deployment.id, db_model: false },
  }
}
