import type { JsonObject } from '../../types/json.ts'

/**
 * LiteLLM's deployment parameters that say how to reach and convince a provider. Its credentials and paths read them;
 * they never go into a request body.
 */
export const CREDENTIAL_PARAMS: ReadonlySet<string> = new Set([
  'account_id',
  'aicore_base_url',
  'auth_url',
  'aws_access_key_id',
  'aws_bedrock_project_id',
  'aws_bedrock_runtime_endpoint',
  'aws_external_id',
  'aws_profile_name',
  'aws_region_name',
  'aws_role_name',
  'aws_sagemaker_allow_zero_temp',
  'aws_secret_access_key',
  'aws_session_name',
  'aws_session_tags',
  'aws_session_token',
  'aws_sts_endpoint',
  'aws_web_identity_token',
  'azure_ad_token',
  'azure_password',
  'azure_scope',
  'azure_username',
  'client_id',
  'client_secret',
  'deployment_url',
  'gcs_bucket_name',
  'gigachat_auth_url',
  'gigachat_scope',
  'model_id',
  'oci_compartment_id',
  'oci_endpoint_id',
  'oci_fingerprint',
  'oci_key',
  'oci_key_file',
  'oci_region',
  'oci_serving_mode',
  'oci_tenancy',
  'oci_user',
  'project_id',
  'resource_group',
  's3_bucket_name',
  's3_encryption_key_id',
  's3_region_name',
  'search_engine_id',
  'space_id',
  'tenant_id',
  'use_bearer_for_custom_base',
  'vertex_ai_credentials',
  'vertex_ai_location',
  'vertex_ai_project',
  'vertex_credentials',
  'vertex_location',
  'vertex_project',
  'watsonx_project',
  'watsonx_region_name',
  'watsonx_token',
  'zen_api_key',
])

/** True for one of them, or for a field inside one: `vertex_credentials.token_uri`. */
export function isCredentialParam(param: string): boolean {
  const dot = param.indexOf('.')
  return CREDENTIAL_PARAMS.has(dot < 0 ? param : param.slice(0, dot))
}

/** What a call of one's own says of how to reach the provider, apart from what it asks. */
export function splitCredentials<R extends JsonObject>(request: R): { request: R; params?: JsonObject } {
  let found = false
  for (const key in request) found ||= CREDENTIAL_PARAMS.has(key)
  if (!found) return { request }
  const given = Object.entries(request).filter(([key]) => CREDENTIAL_PARAMS.has(key))
  const asked = Object.entries(request).filter(([key]) => !CREDENTIAL_PARAMS.has(key))
  return { request: Object.fromEntries(asked) as R, params: Object.fromEntries(given) }
}
