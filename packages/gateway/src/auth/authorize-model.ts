import { createError } from 'sluice/internal'
import { type AccessGroups, assignedTo } from './access-groups/access-group-book.ts'
import type { Caller } from './caller.ts'
import type { ModelLayer } from './model-layers.ts'
import type { MadeAlias } from './models/caller-aliases.ts'

/** What a model may be known by beside its own name. */
export interface OtherNames {
  readonly groups?: AccessGroups | undefined
  /** False: there may be more groups, in a database that could not be read yet. */
  readonly areGroupsKnown?: boolean | undefined
  /** `model_group_alias`: name → the group it stands for. */
  readonly aliases?: ReadonlyMap<string, { readonly group: string }> | undefined
}

const NONE: OtherNames = {}

/**
 * Throws `PermissionDeniedError` (`key_model_access_denied`, `team_model_access_denied` …) unless every list that holds
 * for the caller allows the model it named: by name, by what an alias of its key or team means (lists above that key
 * or team by this alone), by the group that an alias stands for, by wildcard (`openai/*`) or by access group; `ServiceUnavailableError` while nobody can tell what a group holds.
 */
export function authorizeModel(caller: Caller, model: string, names = NONE): void {
  const layer = refusingLayer(caller, model, names)
  if (layer === undefined) return
  if (names.areGroupsKnown === false) throw groupsUnknown()
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
  const made = caller.madeAliases?.get(model)
  const group = aliases?.get(target ?? model)?.group
  const meant = [target, group, made?.said].filter(name => name !== undefined)
  return caller.modelLayers.find(({ of, models }) => {
    const names = isAboveMaker(of, made) ? meant : [model, ...meant]
    const allowed = withAssigned(models, of, caller, groups)
    return !allowed.some(each => names.some(name => covers(each, name, groups)))
  })
}

/**
 * Lists above whoever made an alias are about models, not about names that anybody below may give: when such a list
 * becomes shorter, no alias leads past it.
 */
function isAboveMaker(of: ModelLayer['of'], made: MadeAlias | undefined): boolean {
  if (made === undefined) return false
  return made.by === 'key' ? of !== 'key' : of === 'organization'
}

function withAssigned(
  models: readonly string[],
  of: ModelLayer['of'],
  { record }: Caller,
  groups: AccessGroups | undefined,
): readonly string[] {
  if (of !== 'key' && of !== 'team') return models
  return withGroupsOf(of, of === 'key' ? record.keyHash : record.teamId, models, groups)
}

/** Groups that name this key or team widen its list. */
export function withGroupsOf(
  of: 'key' | 'team',
  id: string | undefined,
  models: readonly string[],
  groups: AccessGroups | undefined,
): readonly string[] {
  if (groups === undefined || id === undefined) return models
  const assigned = assignedTo(of, id)
  return groups.has(assigned) ? [...models, assigned] : models
}

/** True when an entry of a list lets a model pass: by name, as its access group, by wildcard. */
export function covers(allowed: string, model: string, groups: AccessGroups | undefined): boolean {
  if (allowed === model) return true
  const group = groups?.get(allowed)
  if (group !== undefined) {
    if (group.has(model)) return true
    for (const name of group) if (name.includes('*') && matchesWildcard(name, model)) return true
  }
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

function groupsUnknown() {
  return createError({
    kind: 'unavailable',
    code: 'database_unavailable',
    message: 'Service Unavailable, the access groups could not be read yet. Please retry shortly.',
    retryAfterMs: 1_000,
  })
}

function listed(models: readonly string[]): string {
  return `[${models.map(model => `'${model}'`).join(', ')}]`
}
