import { createError } from 'sluice/internal'
import type { Caller } from './caller.ts'

/** Names that stand for every model. A team without a list of its own allows all. */
const EVERY_MODEL = new Set(['all-proxy-models', 'all-team-models', '*'])

/** Access group → names of the model groups in it (LiteLLM's `model_info.access_groups`). */
export type AccessGroups = ReadonlyMap<string, ReadonlySet<string>>

const NO_GROUPS: AccessGroups = new Map()

/**
 * Throws `PermissionDeniedError` (`key_model_access_denied`) unless the caller may use the model it named, by name,
 * by its key's alias, by wildcard (`openai/*`) or by access group.
 */
export function authorizeModel(caller: Caller, model: string, groups: AccessGroups = NO_GROUPS): void {
  if (mayUseModel(caller, model, groups)) return
  throw createError({
    kind: 'permission',
    type: 'key_model_access_denied',
    code: 'key_model_access_denied',
    param: 'model',
    message:
      `key not allowed to access model. This key can only access models=${listed(caller.models)}. ` +
      `Tried to access ${model}`,
  })
}

/** The question behind `authorizeModel`, for lists such as `/v1/models`. */
export function mayUseModel(caller: Caller, model: string, groups: AccessGroups = NO_GROUPS): boolean {
  if (caller.models.length === 0) return true
  const target = caller.aliases.get(model)
  for (const allowed of caller.models) {
    if (EVERY_MODEL.has(allowed) || covers(allowed, model, groups)) return true
    if (target !== undefined && covers(allowed, target, groups)) return true
  }
  return false
}

function covers(allowed: string, model: string, groups: AccessGroups): boolean {
  if (allowed === model || groups.get(allowed)?.has(model)) return true
  return allowed.includes('*') && matchesWildcard(allowed, model)
}

/** `*` stands for any run of characters; everything else for itself. */
function matchesWildcard(pattern: string, text: string): boolean {
  const parts = pattern.split('*')
  const first = parts[0] ?? ''
  const last = parts.at(-1) ?? ''
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return false
  let from = first.length
  for (const part of parts.slice(1, -1)) {
    const at = text.indexOf(part, from)
    if (at === -1 || at + part.length > text.length - last.length) return false
    from = at + part.length
  }
  return true
}

function listed(models: readonly string[]): string {
  return `[${models.map(model => `'${model}'`).join(', ')}]`
}
