import type { Deployment } from '../../../types/deployment.ts'
import { escapedPath } from '../../escaped-path.ts'
import { PLACE } from './vertex-address.ts'
import { isNumber } from './vertex-models.ts'

interface At {
  readonly model: string
  readonly stream: boolean
  readonly deployment: Deployment
}

/** Paths of one API version; a deployment's `api_version` wins. */
export class VertexPaths {
  private readonly version: string

  constructor(version: string) {
    this.version = version
  }

  /** A verb of a publisher's model, of an endpoint by its number, or of a resource named in full. */
  model(publisher: string, verb: string, streamVerb = verb): (at: At) => string {
    return ({ model, stream, deployment }) =>
      `${this.place(model, deployment)}${resourceOf(publisher, model)}:${stream ? streamVerb : verb}`
  }

  /** OpenAI's chat on an endpoint: Google's own (`openapi`) or one with a model of the caller's. */
  chat(endpoint?: string): (at: At) => string {
    return ({ model, deployment }) =>
      `${this.place('', deployment)}/endpoints/${endpoint ?? encodeURIComponent(model)}/chat/completions`
  }

  private place(model: string, { apiVersion }: Deployment): string {
    return `/${apiVersion ?? this.version}${isFullName(model) ? '' : PLACE}`
  }
}

function resourceOf(publisher: string, model: string): string {
  if (isFullName(model)) return `/${escapedPath(model)}`
  const name = encodeURIComponent(model).replaceAll('%40', '@')
  return isNumber(model) ? `/endpoints/${name}` : `/publishers/${publisher}/models/${name}`
}

function isFullName(model: string): boolean {
  return model.startsWith('projects/')
}
