import type { FastifyRequest } from 'fastify'
import { badRequest, SluiceError } from 'sluice/internal'
import type { z } from 'zod'
import type { KeyRow } from '../../db/rows.ts'
import { SPEND_SET_AT } from '../../limits/subjects.ts'
import { nanoFromUsd, usdFromNano } from '../../spend/money.ts'
import { dollars, isoTime } from '../limit-fields.ts'
import { authorOf, permitOf } from '../protect-routes.ts'
import { checkAlias } from './generation-rules.ts'
import { keyChanges } from './key-changes.ts'
import { withinUpperBounds } from './key-defaults.ts'
import { keyObject } from './key-json.ts'
import { changeOf, hashOfReference, type KeyOffice, ownerOf } from './key-office.ts'
import {
  type BulkUpdateBody,
  type DeleteKeysBody,
  type ResetSpendBody,
  UpdateKeyBody,
} from './key-schemas.ts'

type Update = z.infer<typeof UpdateKeyBody>

/** Changes a key. Throws `NotFoundError`; `ConflictError` when the alias is taken; `PermissionDeniedError`. */
export async function updateKey(office: KeyOffice, { key, ...fields }: Update, request: FastifyRequest) {
  const { upperBounds, checksAliases } = office.services.settings().keys
  const context = office.context(request)
  withinUpperBounds(fields, upperBounds, context.now, false)
  checkAlias(fields.key_alias, checksAliases)
  let warnings: readonly string[] = []
  const row = await office.write(key, {
    action: 'updated',
    request,
    body: fields,
    changesOf: before => {
      const change = keyChanges(fields, before, context)
      warnings = change.warnings
      return change.changes
    },
  })
  return { row, warnings }
}

/** Changes keys one by one: what is wrong with one stops no other, and a database that is down stops all. */
export async function bulkUpdate(
  office: KeyOffice,
  { keys }: z.infer<typeof BulkUpdateBody>,
  request: FastifyRequest,
) {
  const successful: object[] = []
  const failed: object[] = []
  for (const each of keys) {
    const key = hashOfReference(each.key)
    try {
      const { row, warnings } = await updateKey(office, readUpdate(each), request)
      successful.push({ key, key_info: keyObject(row), ...(warnings.length > 0 && { warnings }) })
    } catch (error) {
      if (!(error instanceof SluiceError) || error.kind === 'unavailable') throw error
      failed.push({ key, failed_reason: error.message, param: error.param ?? null })
    }
  }
  return { total_requested: keys.length, successful_updates: successful, failed_updates: failed }
}

function readUpdate(body: unknown): Update {
  const { data, error } = UpdateKeyBody.safeParse(body)
  if (data !== undefined) return data
  const issue = error.issues[0]
  if (issue?.code === 'unrecognized_keys')
    throw badRequest(
      `Unknown fields: ${issue.keys.join(', ')}. Remove them or correct their spelling.`,
      issue.keys[0],
    )
  const path = issue?.path.join('.') ?? ''
  throw badRequest(`${path}: ${issue?.message ?? 'is not valid'}.`, path)
}

export async function setBlocked(
  office: KeyOffice,
  reference: string,
  blocked: boolean,
  request: FastifyRequest,
): Promise<KeyRow> {
  const changes = { blocked, updatedAt: office.services.now(), updatedBy: authorOf(request) }
  return await office.write(reference, {
    ...{ action: blocked ? 'blocked' : 'unblocked', request, isPlain: true },
    changesOf: () => changes,
  })
}

/** Hashes of the keys that were removed; throws `NotFoundError` when one of them does not exist, removing none. */
export async function removeKeys(
  office: KeyOffice,
  body: z.infer<typeof DeleteKeysBody>,
  request: FastifyRequest,
): Promise<readonly string[]> {
  const { audit, database, keys, limiter } = office.services
  const rows = await audit.together(async () => {
    const found: KeyRow[] = []
    for (const reference of new Set(body.keys ?? [])) found.push(await office.find(reference))
    for (const alias of body.key_aliases ?? []) found.push(await office.findAlias(alias))
    for (const row of found) await permitOf(request).reach(ownerOf(row))
    const hashes = [...new Set(found.map(row => row.tokenHash))]
    const removed = await database.keys.remove(hashes, authorOf(request))
    await audit.record(removed.map(row => changeOf('deleted', row, undefined, request)))
    return removed
  })
  for (const { tokenHash, rotation } of rows) {
    keys.forget(tokenHash)
    limiter.forget('key', rotation?.firstHash ?? tokenHash)
  }
  return rows.map(row => row.tokenHash)
}

/** `/key/{key}/reset_spend`: at most what was spent, and at most the budget. */
export async function resetSpend(
  office: KeyOffice,
  reference: string,
  { reset_to: dollarsLeft }: z.infer<typeof ResetSpendBody>,
  request: FastifyRequest,
) {
  const spendNanoUsd = nanoFromUsd(dollarsLeft, 'reset_to')
  const now = office.services.now()
  let previous = 0
  const row = await office.write(reference, {
    action: 'updated',
    request,
    body: { reset_to: dollarsLeft },
    changesOf: before => {
      previous = before.spendNanoUsd
      if (spendNanoUsd > previous)
        throw badRequest(
          `reset_to: must not exceed what was spent, ${usdFromNano(previous)}. Send 0 to start anew.`,
          'reset_to',
        )
      if (before.maxBudgetNanoUsd !== null && spendNanoUsd > before.maxBudgetNanoUsd)
        throw badRequest(
          `reset_to: must not exceed the key's budget, ${usdFromNano(before.maxBudgetNanoUsd)}.`,
          'reset_to',
        )
      const metadata = { ...before.metadata, [SPEND_SET_AT]: now }
      return { spendNanoUsd, metadata, updatedAt: now, updatedBy: authorOf(request) }
    },
  })
  return {
    key_hash: row.tokenHash,
    spend: usdFromNano(row.spendNanoUsd),
    previous_spend: usdFromNano(previous),
    max_budget: dollars(row.maxBudgetNanoUsd),
    budget_reset_at: isoTime(row.budgetResetAt),
  }
}
