import type { JsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'
import { withoutOtherModel } from '../other-model.ts'

/**
 * What every request to OCI's Generative AI says besides: who pays, and which model or dedicated endpoint answers. A
 * compartment that only the environment knows is added when the request is signed.
 * Source: https://docs.oracle.com/en-us/iaas/api/#/en/generative-ai-inference/20231130/datatypes/ServingMode
 */
export function addressed(details: JsonObject, info: CallInfo): JsonObject {
  const { model, deployment } = info
  const { params } = deployment
  const compartment = params?.oci_compartment_id
  return {
    ...(typeof compartment === 'string' && { compartmentId: compartment }),
    servingMode: servingMode(model, params),
    ...withoutOtherModel(details, ['compartmentId', 'servingMode'], info),
  }
}

function servingMode(model: string, params: Readonly<JsonObject> = {}): JsonObject {
  const { oci_serving_mode: mode, oci_endpoint_id: given } = params
  const endpoint = typeof given === 'string' ? given : model
  const dedicated =
    typeof given === 'string' || model.startsWith('ocid1.generativeaiendpoint.') || mode === 'DEDICATED'
  return dedicated
    ? { servingType: 'DEDICATED', endpointId: endpoint }
    : { servingType: 'ON_DEMAND', modelId: model }
}

/** Makes `body` hold these fields and no others. */
export function replaceFields(body: JsonObject, fields: JsonObject): void {
  for (const key of Object.keys(body)) delete body[key]
  Object.assign(body, fields)
}
