import type { SigningHost } from '../../../credentials/credentials.ts'
import { badRequest } from '../../../errors.ts'
import type { Deployment } from '../../../types/deployment.ts'

/** What stands in Vertex AI's addresses for what only signing knows. */
export const PROJECT = '{project}'
export const LOCATION = '{location}'
/** The base URL before it is known where the project is called. */
export const VERTEX_BASE = `https://${LOCATION}-aiplatform.googleapis.com`
const VERTEX_HOST = `${LOCATION}-aiplatform.googleapis.com`
/** The place of everything that belongs to a project, below the API version. */
export const PLACE = `/projects/${PROJECT}/locations/${LOCATION}`

/** Paths of Google Cloud's services that are not Vertex AI's own, and their hosts. */
const SERVICES: readonly (readonly [path: string, host: string])[] = [
  ['/v1/text:synthesize', 'texttospeech.googleapis.com'],
  [`/v1/projects/${PROJECT}/locations/global/rankingConfigs/`, 'discoveryengine.googleapis.com'],
]

const DEFAULT_LOCATION = 'us-central1'
/** Served from one place under a name of its own. Source: https://cloud.google.com/vertex-ai/docs/general/locations */
const MULTI_REGIONS = new Set(['us', 'eu'])
/** Models that are not offered, or not first, in us-central1; the first that fits. */
const HOMES: readonly (readonly [RegExp, string])[] = [
  [/^(anthropic\/)?claude/, 'us-east5'],
  [/^meta\/llama-4/, 'us-east5'],
  [/^(qwen|moonshotai|minimaxai|zai-org|xai)\//, 'global'],
  [/^deepseek-ai\/deepseek-(v3\.[2-9]|v[4-9]|ocr)/, 'global'],
  [/gemini-([3-9]|\d\d)/, 'global'],
]

/** The project as the deployment or the environment has it. */
export function givenProject(deployment: Deployment, host: SigningHost): string | undefined {
  const given = textParam(deployment, 'vertex_project') ?? textParam(deployment, 'vertex_ai_project')
  return given ?? host.secret(['VERTEXAI_PROJECT', 'VERTEX_PROJECT', 'GOOGLE_CLOUD_PROJECT'])
}

/** `vertex_location`, the environment, or where the model is at home. */
export function locationOf(deployment: Deployment, host: SigningHost): string {
  const location =
    textParam(deployment, 'vertex_location') ??
    textParam(deployment, 'vertex_ai_location') ??
    host.secret(['VERTEXAI_LOCATION', 'VERTEX_LOCATION', 'GOOGLE_CLOUD_LOCATION']) ??
    HOMES.find(([model]) => model.test(deployment.model))?.[1] ??
    DEFAULT_LOCATION
  // It becomes part of the host's name.
  if (/^[a-z0-9-]+$/.test(location)) return location
  throw badRequest(
    'vertex_location: must be a location of Google Cloud, for example us-central1, eu or global.',
    'vertex_location',
  )
}

/** The URL with project and location in it; a base URL of the deployment's own keeps its host. */
export function addressed(url: string, project: string | undefined, location: string): string {
  const placed = url.replace(VERTEX_HOST, hostOf(url, location)).replaceAll(LOCATION, location)
  if (!placed.includes(PROJECT)) return placed
  if (project === undefined)
    throw badRequest(
      'vertex_project: Vertex AI must be told the project. Set vertex_project on the deployment, or VERTEXAI_PROJECT in the environment.',
      'vertex_project',
    )
  return placed.replaceAll(PROJECT, encodeURIComponent(project))
}

/** An API key of express mode stands for its project. */
export function withoutPlace(url: string): string {
  return url.replace(PLACE, '').replace(VERTEX_HOST, hostOf(url, 'global'))
}

/**
 * LiteLLM's users may give the whole address up to the model as `api_base`; only the verb is then added.
 */
export function underOwnBase(url: string, apiBase: string | undefined): string {
  if (apiBase === undefined || !/\/(models|endpoints)\/[^/]+$/.test(apiBase)) return url
  const path = url.slice(apiBase.length)
  const verb = path.slice(path.lastIndexOf(':'))
  return apiBase.endsWith(verb) ? apiBase : apiBase + verb
}

function hostOf(url: string, location: string): string {
  const service = SERVICES.find(([path]) => url.startsWith(VERTEX_BASE + path))
  if (service) return service[1]
  if (location === 'global') return 'aiplatform.googleapis.com'
  if (MULTI_REGIONS.has(location)) return `aiplatform.${location}.rep.googleapis.com`
  return `${location}-aiplatform.googleapis.com`
}

function textParam(deployment: Deployment, name: string): string | undefined {
  const value = deployment.params?.[name]
  if (value == null || value === '') return undefined
  if (typeof value === 'string') return value
  throw badRequest(`${name}: must be a text.`, name)
}
