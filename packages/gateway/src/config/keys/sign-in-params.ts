import { accepted, type Table, type ValueType, works } from './row.ts'
import { anything, flag, secret, text } from './types.ts'

/** A file of credentials, by path or in full. */
const keyFile: ValueType<unknown> = { ...anything, name: 'a path or JSON', secret: true }
const plain = (doc: string) => works(text, doc, 'deployment.params')
const hidden = (doc: string) => works(secret, doc, 'deployment.params')
/** For what no provider reads yet. */
const unread = (doc: string) => accepted(text, doc)

/** How a deployment signs in, and where what it signs in to lies. The provider's credentials read them all. */
export const signInParams = {
  azure_ad_token: hidden('Entra token.'),
  tenant_id: plain('Entra tenant.'),
  client_id: plain('Client id at Entra or Databricks.'),
  client_secret: hidden('Client secret at Entra or Databricks.'),
  azure_scope: plain('Entra scope.'),
  azure_username: plain('Entra user name; refused, with the ways to sign in.'),
  azure_password: hidden('Entra password; refused, with the ways to sign in.'),
  vertex_project: plain('Google Cloud project.'),
  vertex_location: plain('Google Cloud region, `us`, `eu` or `global`.'),
  vertex_credentials: works(keyFile, 'Google credentials file: its path or its JSON.', 'deployment.params'),
  vertex_ai_project: plain('Google Cloud project, under its other name.'),
  vertex_ai_location: plain('Google Cloud region, under its other name.'),
  vertex_ai_credentials: works(keyFile, 'Google credentials, under their other name.', 'deployment.params'),
  gcs_bucket_name: unread('Bucket for files and batches.'),
  aws_access_key_id: hidden('AWS access key id.'),
  aws_secret_access_key: hidden('AWS secret access key.'),
  aws_session_token: hidden('AWS session token.'),
  aws_region_name: plain('AWS region.'),
  aws_session_name: plain('Name of the assumed session.'),
  aws_profile_name: plain('AWS profile.'),
  aws_role_name: plain('AWS role to assume.'),
  aws_web_identity_token: hidden('Web identity token, or where to find it.'),
  aws_sts_endpoint: plain('STS address.'),
  aws_external_id: plain('External id of the assumed role.'),
  aws_session_tags: works(anything, 'Tags of the assumed session.', 'deployment.params'),
  aws_bedrock_runtime_endpoint: plain('Address of the model runtime.'),
  aws_bedrock_project_id: unread('Project the calls belong to.'),
  s3_bucket_name: unread('Bucket for files and batches.'),
  s3_region_name: unread('Region of the bucket.'),
  s3_encryption_key_id: unread('KMS key of the bucket.'),
  watsonx_region_name: plain('watsonx region.'),
  project_id: plain('watsonx project.'),
  space_id: plain('watsonx space.'),
  watsonx_project: plain('watsonx project, under its other name.'),
  watsonx_token: hidden('Ready token for watsonx.'),
  zen_api_key: hidden('Zen API key of Cloud Pak for Data.'),
  account_id: plain('Cloudflare or Snowflake account.'),
  aws_sagemaker_allow_zero_temp: works(flag, 'The container takes a temperature of 0.', 'deployment.params'),
  model_id: plain('Provisioned model or inference profile of Bedrock, in the place of the model.'),
  auth_url: plain('Authorization server of the SAP AI Core client.'),
  aicore_base_url: plain('Address of the SAP AI API.'),
  resource_group: plain('Resource group of SAP AI Core.'),
  deployment_url: plain('Address of a deployment of SAP AI Core.'),
  gigachat_scope: plain('Scope of the GigaChat key.'),
  gigachat_auth_url: plain('Where the GigaChat key is traded for a token.'),
  oci_region: plain('Oracle Cloud region.'),
  oci_user: plain('OCID of the user who signs.'),
  oci_tenancy: plain('OCID of the tenancy.'),
  oci_fingerprint: plain("Fingerprint of the user's API key."),
  oci_key: hidden("The user's API key, PEM text."),
  oci_key_file: plain("File with the user's API key."),
  oci_compartment_id: plain('OCID of the compartment that pays.'),
  oci_serving_mode: plain('`ON_DEMAND` or `DEDICATED`.'),
  oci_endpoint_id: plain('OCID of a dedicated endpoint.'),
} as const satisfies Table
