import { createError } from 'sluice/internal'
import { mayUseModel } from '../../auth/authorize-model.ts'
import type { Caller } from '../../auth/caller.ts'
import { principalRow } from '../../auth/door/principal.ts'
import { modelLayers } from '../../auth/model-layers.ts'
import type { AccountRow } from '../../db/rows.ts'

/**
 * An alias is called by its own name, so what it stands for must be a model of the team and of its organization: by an
 * alias nobody who runs a team leads it past the lists that others made. Throws `PermissionDeniedError`.
 */
export function aliasesWithin(
  aliases: Readonly<Record<string, string>>,
  before: unknown,
  caller: Caller,
  {
    team,
    organization,
  }: { readonly team?: AccountRow | undefined; readonly organization?: AccountRow | undefined },
): void {
  const layers = modelLayers(principalRow('team', {}), { team, organization })
  const bound = { ...caller, modelLayers: layers, aliases: new Map<string, string>() }
  const known = (before ?? {}) as Readonly<Record<string, unknown>>
  for (const [name, target] of Object.entries(aliases)) {
    if (known[name] === target || mayUseModel(bound, target)) continue
    throw createError({
      kind: 'permission',
      type: 'auth_error',
      param: `model_aliases.${name}`,
      message: `model_aliases.${name}: '${target}' is a model the team may not call. Ask an admin above the team.`,
    })
  }
}
