import { createError } from 'sluice/internal'
import type { Caller } from './caller.ts'
import type { ModelLayer } from './model-layers.ts'

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
 * Throws `PermissionDeniedError` (`key_model_access_denied`, `team_model_access_denied` …) unless every list that holds
 * for the caller allows the model it named: by name, by its key's alias, by the group that an alias stands for, by
 * wildcard (`openai/*`) or by access group.
 */
export function authorizeModel(caller: Caller, model: string, names = NONE): void {
  const layer = refusingLayer(caller, model, names)
  if (layer === undefined) return
  const type = `${layer.of === 'team_member' ? 'team' : layer.of}_model_access_denied`
  throw createError({
    kind: 'permission',
    type,
    code: type,
    param: 'model',
    message:
      `${layer.of} not allowed to access model. This ${layer.of} can only access models=${listed(layer.models)}. ` +
      `Tried to access ${model}`,
  })
}

/** The question behind `authorizeModel`, for lists such as `/v1/models`. */
export function mayUseModel(caller: Caller, model: string, names: OtherNames = NONE): boolean {
  return refusingLayer(caller, model, names) === undefined
}

function refusingLayer(
  caller: Caller,
  model: string,
  { groups, aliases }: OtherNames,
): ModelLayer | undefined {
  if (caller.modelLayers.length === 0) return undefined
  const target = caller.aliases.get(model)
  const group = aliases?.get(target ?? model)?.group
  return caller.modelLayers.find(
    ({ models }) =>
      !models.some(
        allowed =>
          covers(allowed, model, groups) ||
          (target !== undefined && covers(allowed, target, groups)) ||
          (group !== undefined && covers(allowed, group, groups)),
      ),
  )
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
