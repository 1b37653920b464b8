import { badRequest } from '../../errors.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'

/** A service account's own key. */
export interface ServiceAccountKey {
  readonly type: 'service_account'
  readonly clientEmail: string
  readonly privateKey: string
  readonly privateKeyId: string | undefined
  readonly tokenUri: string
  readonly project: string | undefined
}

/** A person who signed in with gcloud. */
export interface AuthorizedUserKey {
  readonly type: 'authorized_user'
  readonly clientId: string
  readonly clientSecret: string
  readonly refreshToken: string
  readonly tokenUri: string
  readonly project: string | undefined
}

/** Workload identity federation: another party's token stands for the key. */
export interface ExternalAccountKey {
  readonly type: 'external_account'
  readonly audience: string
  readonly subjectTokenType: string
  readonly tokenUrl: string
  readonly impersonationUrl: string | undefined
  readonly clientId: string | undefined
  readonly clientSecret: string | undefined
  readonly workforceProject: string | undefined
  readonly source: JsonObject
  readonly project: string | undefined
}

/** Someone who may speak for a service account. */
export interface ImpersonatedKey {
  readonly type: 'impersonated_service_account'
  readonly source: GoogleKey
  readonly impersonationUrl: string
  readonly delegates: readonly unknown[]
  readonly project: string | undefined
}

export type GoogleKey = ServiceAccountKey | AuthorizedUserKey | ExternalAccountKey | ImpersonatedKey

const TOKEN_URI = 'https://oauth2.googleapis.com/token'
const STS_URL = 'https://sts.googleapis.com/v1/token'
/** How deep one impersonation may stand on another. */
const MOST_SOURCES = 3

/**
 * Google's credential files. Source: https://google.aip.dev/auth/4110.
 * Throws `BadRequestError` naming the field at fault; never repeats a value.
 */
export function parseGoogleKey(text: string): GoogleKey {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw badRequest(
      'vertex_credentials: must be the JSON of a Google credentials file, or the path of one.',
      'vertex_credentials',
    )
  }
  return readKey(value, '', 0)
}

function readKey(value: unknown, prefix: string, depth: number): GoogleKey {
  if (!isJsonObject(value)) throw wrong(prefix, 'type', 'must be in a JSON object')
  const text = (field: string) => required(value, prefix, field)
  const project = optional(value.project_id) ?? optional(value.quota_project_id)
  switch (value.type) {
    case 'service_account':
      return {
        type: 'service_account',
        clientEmail: text('client_email'),
        // Environment variables often hold the line ends as two characters.
        privateKey: text('private_key').replaceAll('\\n', '\n'),
        privateKeyId: optional(value.private_key_id),
        tokenUri: optional(value.token_uri) ?? TOKEN_URI,
        project,
      }
    case 'authorized_user':
      return {
        type: 'authorized_user',
        clientId: text('client_id'),
        clientSecret: text('client_secret'),
        refreshToken: text('refresh_token'),
        tokenUri: optional(value.token_uri) ?? TOKEN_URI,
        project,
      }
    case 'external_account':
      return readExternal(value, prefix)
    case 'impersonated_service_account':
      if (depth >= MOST_SOURCES) throw wrong(prefix, 'source_credentials', 'is nested too deeply')
      return {
        type: 'impersonated_service_account',
        source: readKey(value.source_credentials, `${prefix}source_credentials.`, depth + 1),
        impersonationUrl: text('service_account_impersonation_url'),
        delegates: Array.isArray(value.delegates) ? (value.delegates as unknown[]) : [],
        project,
      }
    default:
      throw wrong(
        prefix,
        'type',
        'must be "service_account", "authorized_user", "external_account" or "impersonated_service_account"',
      )
  }
}

function readExternal(value: JsonObject, prefix: string): ExternalAccountKey {
  if (!isJsonObject(value.credential_source))
    throw wrong(prefix, 'credential_source', 'must be a JSON object')
  return {
    type: 'external_account',
    audience: required(value, prefix, 'audience'),
    subjectTokenType: required(value, prefix, 'subject_token_type'),
    tokenUrl: optional(value.token_url) ?? STS_URL,
    impersonationUrl: optional(value.service_account_impersonation_url),
    clientId: optional(value.client_id),
    clientSecret: optional(value.client_secret),
    workforceProject: optional(value.workforce_pool_user_project),
    source: value.credential_source,
    project: optional(value.project_id) ?? optional(value.quota_project_id),
  }
}

function required(value: JsonObject, prefix: string, field: string): string {
  const given = optional(value[field])
  if (given === undefined) throw wrong(prefix, field, 'must be a non-empty string')
  return given
}

function optional(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function wrong(prefix: string, field: string, rule: string) {
  const path = `vertex_credentials.${prefix}${field}`
  return badRequest(`${path}: ${rule}.`, path)
}
