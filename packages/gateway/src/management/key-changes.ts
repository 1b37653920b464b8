import { badRequest, momentAfter } from 'sluice/internal'
import { coversRoute, ROUTE_GROUPS } from '../auth/route-groups.ts'
import type { KeyRow } from '../db/rows.ts'
import { SPEND_SET_AT } from '../limits/subjects.ts'
import { nanoFromUsd } from '../spend/money.ts'
import { KEY_FIELDS, type KeyBody, LATER_FIELDS } from './key-schemas.ts'
import { DURATION_RULE, type LimitContext, limitChanges } from './limit-fields.ts'

export interface ChangeContext extends LimitContext {
  readonly by: string | null
}

export interface KeyChange {
  readonly changes: Partial<KeyRow>
  /** One sentence for each field that is kept but has no effect. */
  readonly warnings: readonly string[]
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/**
 * What a request body asks to change of a row; `row` is the key as it is, or undefined for a new one.
 * Throws `BadRequestError` naming the field at fault.
 */
export function keyChanges(body: KeyBody, row: KeyRow | undefined, context: ChangeContext): KeyChange {
  const later = laterFields(body)
  const changes: Mutable<Partial<KeyRow>> = {
    ...plainChanges(body),
    ...limitChanges(body, row, context),
    updatedAt: context.now,
    updatedBy: context.by,
  }
  if (body.spend !== undefined) changes.spendNanoUsd = nanoFromUsd(body.spend ?? 0, 'spend')
  if (body.duration !== undefined) changes.expiresAt = expiryOf(body.duration, context.now)
  const metadata = metadataOf(body, row, later, context.now)
  if (metadata !== undefined) changes.metadata = metadata
  return { changes, warnings: Object.keys(later).map(laterWarning) }
}

/** Routes a `key_type` stands for; undefined leaves `allowed_routes` alone. */
export function routesOfType(type: string | null | undefined): readonly string[] | undefined {
  switch (type) {
    case 'llm_api':
      return ['llm_api_routes']
    case 'management':
      return ['management_routes']
    case 'read_only':
      return ['info_routes']
    default:
      return undefined
  }
}

/** body field → row field, for those that are stored as sent. */
const PLAIN = [
  ['key_alias', 'keyAlias', null],
  ['models', 'models', []],
  ['aliases', 'aliases', {}],
  ['user_id', 'userId', null],
  ['team_id', 'teamId', null],
  ['organization_id', 'organizationId', null],
  ['permissions', 'permissions', {}],
  ['tags', 'tags', []],
  ['blocked', 'blocked', false],
  ['allowed_routes', 'allowedRoutes', []],
] as const satisfies readonly (readonly [keyof KeyBody, keyof KeyRow, unknown])[]

function plainChanges(body: KeyBody): Partial<KeyRow> {
  for (const entry of body.allowed_routes ?? []) checkRoute(entry)
  const changes: Record<string, unknown> = {}
  for (const [field, column, empty] of PLAIN) {
    if (body[field] !== undefined) changes[column] = body[field] ?? empty
  }
  return changes
}

function checkRoute(entry: string): void {
  if (ROUTE_GROUPS.has(entry) || coversRoute(entry, entry)) return
  throw badRequest(
    `allowed_routes: '${entry}' is neither a path nor a group. Send a path such as /chat/completions or one of: ` +
      `${[...ROUTE_GROUPS.keys()].join(', ')}.`,
    'allowed_routes',
  )
}

function laterFields(body: KeyBody): Record<string, unknown> {
  const extra = Object.keys(body).filter(name => !KEY_FIELDS.has(name))
  const unknown = extra.filter(name => !LATER_FIELDS.has(name))
  if (unknown.length > 0) {
    throw badRequest(
      `Unknown fields: ${unknown.join(', ')}. Remove them or correct their spelling; facts of your own belong in \`metadata\`.`,
      unknown[0],
    )
  }
  return Object.fromEntries(extra.filter(name => body[name] != null).map(name => [name, body[name]]))
}

function laterWarning(name: string): string {
  return `\`${name}\` has no effect in this version; it is kept in the key's metadata.`
}

function expiryOf(duration: string | null, now: number): number | null {
  if (duration === null || duration === '' || duration === '-1') return null
  const moment = momentAfter(duration, now)
  if (moment !== undefined) return moment
  throw badRequest(`duration: ${DURATION_RULE}, or null for a key that never expires.`, 'duration')
}

/** New metadata replaces the old; what this gateway keeps there for itself stays. */
function metadataOf(
  body: KeyBody,
  row: KeyRow | undefined,
  later: Readonly<Record<string, unknown>>,
  now: number,
): Record<string, unknown> | undefined {
  const hasLater = Object.keys(later).length > 0
  const spendSet = row !== undefined && body.spend !== undefined
  if (body.metadata === undefined && !hasLater && !spendSet) return undefined
  const { [SPEND_SET_AT]: _, ...given } = (body.metadata === undefined ? row?.metadata : body.metadata) ?? {}
  const setAt = spendSet ? now : row?.metadata[SPEND_SET_AT]
  return { ...given, ...later, ...(setAt === undefined ? {} : { [SPEND_SET_AT]: setAt }) }
}
