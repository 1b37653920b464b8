import type { JsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'

const DEPLOYMENT = 'deployment/'

/** A deployment of a model is named in the path and needs no more; a model is named in the body, with who pays. */
export function addressed(body: JsonObject, info: CallInfo): JsonObject {
  if (info.model.startsWith(DEPLOYMENT)) return body
  const { params = {} } = info.deployment
  const project = body.project_id ?? params.watsonx_project ?? params.project_id
  const space = body.space_id ?? params.space_id
  return {
    model_id: info.model,
    ...body,
    ...(project != null && { project_id: project }),
    ...(space != null && project == null && { space_id: space }),
  }
}

/** The path of an operation. Source: https://cloud.ibm.com/apidocs/watsonx-ai */
export function pathOf(model: string, operation: string): string {
  return model.startsWith(DEPLOYMENT)
    ? `/ml/v1/deployments/${encodeURIComponent(model.slice(DEPLOYMENT.length))}/text/${operation}`
    : `/ml/v1/text/${operation}`
}
