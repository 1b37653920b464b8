import type { FastifyInstance, FastifyRequest } from 'fastify'
import { SPEND_SET_AT } from '../../limits/subjects.ts'
import { usdFromNano } from '../../spend/money.ts'
import { spendChange } from '../accounts/account-fields.ts'
import type { Audit } from '../audit/audit-log.ts'
import type { SpendServices } from './spend-services.ts'

export interface ResetServices extends SpendServices {
  readonly keys: { sync(): Promise<unknown> }
  readonly accounts: { sync(): Promise<unknown> }
  readonly audit: Audit
}

const AT_ONCE = 100
/** Keys and teams of one request; LiteLLM has no bound, and this one is beyond what it could do. */
const MOST = 200_000

/** `POST /global/spend/reset`: every key and team has spent nothing, from now on. Rows and sums of calls stay. */
export function registerReset(scope: FastifyInstance, services: ResetServices): void {
  scope.post(
    '/global/spend/reset',
    { schema: { tags: ['Spend'], summary: 'Sets what all keys and teams have spent to 0; calls stay' } },
    async request => {
      const keys = await inBatches(() => resetKeys(services, request))
      const teams = await inBatches(() => resetTeams(services, request))
      await Promise.all([services.keys.sync(), services.accounts.sync()])
      return {
        message: 'Spend for all API Keys and Teams reset successfully',
        status: 'success',
        reset_keys: keys,
        reset_teams: teams,
      }
    },
  )
}

/** The dearest come first, so a batch without spend is the end. */
async function inBatches(reset: () => Promise<number>): Promise<number> {
  let all = 0
  while (all < MOST) {
    const count = await reset()
    all += count
    if (count < AT_ONCE) break
  }
  return all
}

const DEAREST = { page: 1, size: AT_ONCE, sortBy: 'spend', sortOrder: 'desc' } as const

async function resetKeys({ database, audit }: ResetServices, request: FastifyRequest): Promise<number> {
  const now = Date.now()
  const { rows } = await database.keys.list(DEAREST)
  const spent = rows.filter(row => row.spendNanoUsd > 0)
  await audit.together(async () => {
    for (const { tokenHash, metadata } of spent)
      await database.keys.update(tokenHash, {
        ...{ spendNanoUsd: 0, updatedAt: now, metadata: { ...metadata, [SPEND_SET_AT]: now } },
      })
    await audit.record(
      spent.map(row => changeOf('LiteLLM_VerificationToken', row.tokenHash, row.spendNanoUsd, request)),
    )
  })
  return spent.length
}

async function resetTeams({ database, audit }: ResetServices, request: FastifyRequest): Promise<number> {
  const now = Date.now()
  const { rows } = await database.accounts.list({ kind: 'team', ...DEAREST })
  const spent = rows.filter(row => row.spendNanoUsd > 0)
  await audit.together(async () => {
    for (const { id } of spent)
      await database.accounts.update('team', id, { ...spendChange(0, now), updatedAt: now })
    await audit.record(spent.map(row => changeOf('LiteLLM_TeamTable', row.id, row.spendNanoUsd, request)))
  })
  return spent.length
}

function changeOf(table: string, objectId: string, nanoUsd: number, request: FastifyRequest) {
  const before = { spend: usdFromNano(nanoUsd) }
  return { action: 'updated', table, objectId, before, after: { spend: 0 }, request } as const
}
