import { createError } from 'sluice/internal'
import type { Caller } from './caller.ts'

/** Names that stand for every model. A team without a list of its own allows all. */
const EVERY_MODEL = new Set(['all-proxy-models', 'all-team-models', '*'])

/** Access group → names of the model groups in it (LiteLLM's `model_info.access_groups`). */
export type AccessGroups = ReadonlyMap<string, ReadonlySet<string>>

/** What a model may be known by beside its own name. */
export interface OtherNames {
  readonly groups?: AccessGroups | undefined
  /** `model_group_alias`: name → the group it stands for. */
  readonly aliases?: ReadonlyMap<string, { readonly group: string }> | undefined
}

const NONE: OtherNames = {}

/**
 * Throws `PermissionDeniedError` (`key_model_access_denied`) unless the caller may use the model it named, by name,
 * by its key's alias, by the group that an alias stands for, by wildcard (`openai/*`) or by access group.
 */
export function authorizeModel(caller: Caller, model: string, names = NONE): void {
  if (mayUseModel(caller, model, names)) return
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
export function mayUseModel(caller: Caller, model: string, { groups, aliases }: OtherNames = NONE): boolean {
  if (caller.models.length === 0) return true
  const target = caller.aliases.get(model)
  const group = aliases?.get(target ?? model)?.group
  for (const allowed of caller.models) {
    if (EVERY_MODEL.has(allowed) || covers(allowed, model, groups)) return true
    if (target !== undefined && covers(allowed, target, groups)) return true
    if (group !== undefined && covers(allowed, group, groups)) return true
  }
  return false
}

function covers(allowed: string, model: string, groups: AccessGroups | undefined): boolean {
  if (allowed === model || groups?.get(allowed)?.has(model)) return true
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
