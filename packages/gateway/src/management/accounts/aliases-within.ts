import type { FastifyRequest } from 'fastify'
import { createError } from 'sluice/internal'
import type { Reach } from '../../auth/access/access-rule.ts'
import { mayUseModel } from '../../auth/authorize-model.ts'
import { principalRow } from '../../auth/door/principal.ts'
import { modelLayers } from '../../auth/model-layers.ts'
import { NO_ALIASES } from '../../auth/models/caller-aliases.ts'
import type { AccountRow } from '../../db/rows.ts'
import { ORGANIZATION } from '../organizations/organization-json.ts'
import { callerOfRequest } from '../protect-routes.ts'
import type { AccountsOffice } from './accounts-office.ts'

interface TeamAliases {
  readonly aliases: Readonly<Record<string, string>> | null | undefined
  /** As it is, where its list was made by somebody above who asks. */
  readonly team?: AccountRow | undefined
  readonly organizationId: string | null | undefined
  readonly reach: Reach
}

/**
 * An alias is called by its own name, so what it stands for must be a model of the team and of its organization: by an
 * alias nobody who runs a team leads it past the lists that others made. Throws `PermissionDeniedError`.
 */
export async function aliasesWithin(
  accounts: AccountsOffice,
  { aliases, team, organizationId, reach }: TeamAliases,
  request: FastifyRequest,
): Promise<void> {
  if (aliases == null || reach === 'any') return
  const organization = organizationId == null ? undefined : await accounts.find(ORGANIZATION, organizationId)
  const layers = modelLayers(principalRow('team', {}), { team, organization })
  const bound = { ...callerOfRequest(request), modelLayers: layers, ...NO_ALIASES }
  const names = accounts.modelNames()
  const known = (team?.details['model_aliases'] ?? {}) as Readonly<Record<string, unknown>>
  for (const [name, target] of Object.entries(aliases)) {
    if (known[name] === target || mayUseModel(bound, target, names)) continue
    throw createError({
      kind: 'permission',
      type: 'auth_error',
      param: `model_aliases.${name}`,
      message: `model_aliases.${name}: '${target}' is a model the team may not call. Ask an admin above the team.`,
    })
  }
}
