import { badRequest, momentAfter } from 'sluice/internal'
import { z } from 'zod'
import type { KeyRow } from '../../db/rows.ts'
import { SPEND_SET_AT } from '../../limits/subjects.ts'
import { KEPT_FIELDS, type KeyBody, metadataFields } from './key-schemas.ts'

type Metadata = Readonly<Record<string, unknown>>
type OwnName = keyof typeof metadataFields

const OWN_NAMES = Object.keys(metadataFields) as OwnName[]
const OwnFields = z.object(metadataFields)

/** What stays in the metadata of a key when new metadata does not name it. */
const STAYS: readonly string[] = [...OWN_NAMES, ...KEPT_FIELDS]

/**
 * The metadata after a change; undefined leaves it as it is. New metadata replaces the old, but not the fields that
 * LiteLLM keeps there. Throws `BadRequestError`.
 */
export function metadataChange(
  body: KeyBody,
  row: KeyRow | undefined,
  kept: Metadata,
  now: number,
): Metadata | undefined {
  const given = OWN_NAMES.filter(name => body[name] !== undefined)
  const cleared = KEPT_FIELDS.filter(name => body[name] === null)
  const isSpendSet = row !== undefined && body.spend !== undefined
  const isSame = given.length + cleared.length + Object.keys(kept).length === 0 && !isSpendSet
  if (body.metadata === undefined && isSame) return undefined
  const old = row?.metadata ?? {}
  const { [SPEND_SET_AT]: _, ...sent } = body.metadata === undefined ? old : (body.metadata ?? {})
  const next: Record<string, unknown> = { ...pick(old, STAYS), ...sent, ...kept, ...pick(body, given) }
  const own = checked(next)
  const raise = raiseOf(own, old, now)
  for (const name of [...cleared, ...OWN_NAMES]) delete next[name]
  for (const name of ['enforced_params', 'allowed_cache_controls'] as const)
    if (own[name] != null) next[name] = own[name]
  const setAt = isSpendSet ? now : old[SPEND_SET_AT]
  return { ...next, ...raise, ...(setAt === undefined ? {} : { [SPEND_SET_AT]: setAt }) }
}

/** LiteLLM's clients may send these fields inside `metadata` too: they are judged like the others. */
function checked(metadata: Metadata): z.infer<typeof OwnFields> {
  const { error, data } = OwnFields.safeParse(metadata)
  if (data !== undefined) return data
  const path = error.issues[0]?.path.join('.') ?? ''
  throw badRequest(`${path}: ${error.issues[0]?.message ?? 'is not valid'}.`, path)
}

/** A budget raised for a time. Null or 0 takes the raise back. */
function raiseOf(own: z.infer<typeof OwnFields>, old: Metadata, now: number): Metadata {
  const { temp_budget_increase: increase, temp_budget_expiry: expiry } = own
  if (increase == null && expiry == null) return {}
  if (increase === 0 || increase === null) return {}
  if (increase === undefined || expiry == null)
    throw badRequest(
      'temp_budget_increase: must come together with temp_budget_expiry. Send both, or null for both.',
      increase === undefined ? 'temp_budget_increase' : 'temp_budget_expiry',
    )
  if (increase === old['temp_budget_increase'] && expiry === old['temp_budget_expiry'])
    return { temp_budget_increase: increase, temp_budget_expiry: expiry }
  const until = momentAfter(expiry, now) ?? Date.parse(expiry)
  if (!Number.isFinite(until) || until <= now)
    throw badRequest(
      'temp_budget_expiry: must be a duration such as 10d, or a date in the future such as 2030-01-31.',
      'temp_budget_expiry',
    )
  return { temp_budget_increase: increase, temp_budget_expiry: new Date(until).toISOString() }
}

function pick(from: Metadata, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter(name => from[name] !== undefined).map(name => [name, from[name]]))
}
