import { z } from 'zod'
import { blankAccountRow } from '../../db/blank-rows.ts'
import type { AccountKind, AccountRow } from '../../db/rows.ts'
import { nanoFromUsd, usdFromNano } from '../../spend/money.ts'
import {
  isoTime,
  type LimitBody,
  type LimitContext,
  limitAnswer,
  limitChanges,
  limitFields,
} from '../limit-fields.ts'
import { type FromWhere, fromAbove } from './set-from-above.ts'

export interface AccountContext extends LimitContext, FromWhere {
  /** For `created_by` and `updated_by`. */
  readonly by: string | null
}

export const idText = z.string().min(1, 'must not be empty').max(1_000, 'must not exceed 1,000 characters')
export const nameList = z.array(idText).max(10_000, 'must not have more than 10,000 entries')

/** What accounts of every kind may have. Absent leaves a field as it is, null clears it. */
export const accountFields = {
  ...limitFields,
  models: nameList.nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  budget_id: idText.nullish(),
  blocked: z.boolean().nullish(),
  spend: z.number().min(0, 'must not be negative').nullish(),
}

/** A schema may leave out what its subject does not have. */
export type AccountBody = LimitBody &
  Partial<z.infer<z.ZodObject<Omit<typeof accountFields, keyof LimitBody>>>>

/**
 * What a body asks to change of an account; `before`: as it is, undefined for a new one. A stated `spend` counts from
 * now on; `stated`: what of a person's limits was named, `fromAbove`. Throws `BadRequestError` naming the
 * field at fault, `PermissionDeniedError` where it would loosen what was set from above.
 */
export function accountChanges(
  body: AccountBody,
  before: AccountRow | undefined,
  context: AccountContext,
  stated?: LimitBody,
): Partial<AccountRow> {
  const { models, metadata, blocked, spend, budget_id: budgetId } = body
  return {
    ...fromAbove(limitChanges(body, before, context), stated, before, context),
    ...(models !== undefined && { models: models ?? [] }),
    ...(metadata !== undefined && { metadata: metadata ?? {} }),
    ...(blocked !== undefined && { blocked: blocked ?? false }),
    ...(budgetId !== undefined && { budgetId }),
    ...(spend !== undefined && spendChange(nanoFromUsd(spend ?? 0, 'spend'), context.now)),
  }
}

/** Sets what somebody has spent, from this moment on. */
export function spendChange(nanoUsd: number, now: number): Partial<AccountRow> {
  return { spendNanoUsd: nanoUsd, spendSetAt: now }
}

/** What answers about accounts of every kind have in common, in LiteLLM's names. */
export function accountAnswer(row: AccountRow) {
  return {
    models: row.models,
    metadata: row.metadata,
    blocked: row.blocked,
    spend: usdFromNano(row.spendNanoUsd),
    ...limitAnswer(row),
    budget_id: row.budgetId,
    created_at: isoTime(row.createdAt),
    created_by: row.createdBy,
    updated_at: isoTime(row.updatedAt),
    updated_by: row.updatedBy,
  }
}

/** Somebody new who has nothing but what `more` says. */
export function newAccount(
  kind: AccountKind,
  id: string,
  { now, by }: AccountContext,
  more: Partial<AccountRow> = {},
): AccountRow {
  return blankAccountRow(kind, id, {
    ...{ createdAt: now, createdBy: by, updatedAt: now, updatedBy: by },
    ...more,
  })
}
