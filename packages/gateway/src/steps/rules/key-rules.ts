import { badRequest, createError, isJsonObject } from 'sluice/internal'
import type { Caller } from '../../auth/caller.ts'
import type { KeySettings } from '../../config/settings.ts'

/**
 * What a key, or the configuration, asks of every call: `enforced_params`, and `allowed_cache_controls`. `body` is the
 * request as the client sent it. Throws `BadRequestError`, `PermissionDeniedError`.
 */
export function obeyKeyRules(body: unknown, { key, record }: Caller, settings: KeySettings): void {
  const { enforcedParams, serviceAccountParams } = settings
  if (enforcedParams.length > 0) requireParams(body, enforcedParams)
  if (key === undefined) return
  const isServiceAccount = record.userId === undefined && record.teamId !== undefined
  if (isServiceAccount && serviceAccountParams.length > 0) requireParams(body, serviceAccountParams)
  const { enforced_params: own, allowed_cache_controls: controls } = key.metadata
  if (Array.isArray(own)) requireParams(body, own)
  if (Array.isArray(controls) && controls.length > 0) checkCacheControls(body, controls)
}

/** LiteLLM's names: a field of the body, or `metadata.x` for one below it. */
function requireParams(body: unknown, names: readonly unknown[]): void {
  for (const name of names) {
    if (typeof name !== 'string' || holds(body, name.split('.'))) continue
    throw badRequest(`BadRequest please pass param=${name} in request body. This is a required param`, name)
  }
}

function holds(body: unknown, path: readonly string[]): boolean {
  if (!isJsonObject(body)) return false
  let value: unknown = body
  for (const name of path) value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
  if (value !== undefined && value !== null && value !== '') return true
  return isJsonObject(body.extra_body) && body.extra_body !== body && holds(body.extra_body, path)
}

function checkCacheControls(body: unknown, allowed: readonly unknown[]): void {
  const cache = isJsonObject(body)
    ? (body.cache ?? (isJsonObject(body.extra_body) ? body.extra_body.cache : undefined))
    : undefined
  const refused = isJsonObject(cache) ? Object.keys(cache).find(name => !allowed.includes(name)) : undefined
  if (refused === undefined) return
  throw createError({
    kind: 'permission',
    param: 'cache',
    message: `Not allowed to set ${refused} as a cache control. Contact admin to change permissions.`,
  })
}
