import { createError, type SluiceError } from 'sluice/internal'
import type { CustomAuthSettings } from '../../config/sign-in/sign-in-settings.ts'
import type { KeyRow } from '../../db/rows.ts'
import { hashKey } from '../hash.ts'
import { isUserRole } from '../roles.ts'
import type { Origin } from './origin.ts'
import { type Principal, principalRow } from './principal.ts'

/** What the operator's check said: somebody, a virtual key, or in mode `auto` that it does not know. */
export type CustomAnswer = { readonly principal: Principal } | { readonly key: string } | undefined

/** Milliseconds the operator's code may take. */
const MOST_MS = 10_000

/** Asks the operator's code. Rejects with `AuthenticationError` when it refuses, `ServiceUnavailableError` when late. */
export async function askCustomAuth(
  { check, mode, commonChecks }: CustomAuthSettings,
  credential: string | undefined,
  { method, path, headers, address }: Origin,
): Promise<CustomAnswer> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLate()), MOST_MS)
  })
  try {
    const asked = Promise.resolve().then(() => check({ method, path, headers, address }, credential))
    return read(await Promise.race([asked, late]), credential, commonChecks)
  } catch (error) {
    if ((error as SluiceError).kind === 'unavailable' || (error as SluiceError).kind === 'permission')
      throw error
    if (mode === 'auto') return undefined
    throw refused(error)
  } finally {
    clearTimeout(timer)
  }
}

/** LiteLLM's `UserAPIKeyAuth` by its own names, or the text of a virtual key. */
function read(answer: unknown, credential: string | undefined, commonChecks: boolean): CustomAnswer {
  if (typeof answer === 'string') return { key: answer }
  if (typeof answer !== 'object' || answer === null)
    throw new TypeError('it gave neither a key nor an object')
  const said = answer as Readonly<Record<string, unknown>>
  const role = said['user_role']
  if (role !== undefined && role !== null && !isUserRole(role))
    throw new TypeError('its user_role is no role')
  if (said['blocked'] === true) throw new TypeError('its key is blocked')
  const name = text(said['api_key']) ?? credential ?? text(said['user_id']) ?? 'nobody'
  return {
    principal: {
      role: isUserRole(role) ? role : undefined,
      endUserId: text(said['end_user_id']),
      commonChecks,
      row: principalRow(hashKey(name), rowOf(said)),
    },
  }
}

function rowOf(said: Readonly<Record<string, unknown>>): Partial<KeyRow> {
  const dollars = number('max_budget', said['max_budget'])
  const metadata = said['metadata']
  return {
    keyAlias: text(said['key_alias']) ?? null,
    userId: text(said['user_id']) ?? null,
    teamId: text(said['team_id']) ?? null,
    organizationId: text(said['org_id']) ?? text(said['organization_id']) ?? null,
    projectId: text(said['project_id']) ?? null,
    models: texts('models', said['models']),
    tags: texts('tags', said['tags']),
    allowedRoutes: texts('allowed_routes', said['allowed_routes']),
    rpmLimit: number('rpm_limit', said['rpm_limit']) ?? null,
    tpmLimit: number('tpm_limit', said['tpm_limit']) ?? null,
    maxParallelRequests: number('max_parallel_requests', said['max_parallel_requests']) ?? null,
    maxBudgetNanoUsd: dollars === undefined ? null : Math.round(dollars * 1e9),
    metadata: typeof metadata === 'object' && metadata !== null ? { ...metadata } : {},
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** What is not a list would be an empty one, which allows everything. */
function texts(name: string, value: unknown): readonly string[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value) && value.every(each => typeof each === 'string')) return value
  throw new TypeError(`its ${name} is no list of texts`)
}

/** What is not a number would be no limit. */
function number(name: string, value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value
  throw new TypeError(`its ${name} is no number of 0 or more`)
}

/** What the operator's code threw may hold the credential: it is kept as the cause, and not shown. */
function refused(cause: unknown): SluiceError {
  return createError({
    kind: 'authentication',
    type: 'auth_error',
    message: 'Authentication Error, custom_auth refused the credential.',
    cause,
  })
}

function tooLate(): SluiceError {
  return createError({
    kind: 'unavailable',
    type: 'auth_error',
    message: `custom_auth did not answer within ${MOST_MS / 1_000} seconds. Retry shortly.`,
  })
}
