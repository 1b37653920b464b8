import { badRequest, momentAfter } from 'sluice/internal'
import { coversRoute, ROUTE_GROUPS } from '../../auth/route-groups.ts'
import type { KeyRow } from '../../db/rows.ts'
import { nanoFromUsd } from '../../spend/money.ts'
import { keptOf } from '../accounts/kept-fields.ts'
import { DURATION_RULE, type LimitContext, limitChanges } from '../limit-fields.ts'
import { metadataChange } from './key-metadata.ts'
import { KEPT_FIELDS, type KeyBody } from './key-schemas.ts'
import { rotationChange } from './rotation-fields.ts'

export interface ChangeContext extends LimitContext {
  readonly by: string | null
  /** True when somebody is configured to receive the new secrets of keys that are rotated automatically. */
  readonly canDeliver: boolean
}

export interface KeyChange {
  readonly changes: Partial<KeyRow>
  /** One sentence for each field that is kept but has no effect. */
  readonly warnings: readonly string[]
}

/** What bodies have in common, with what only some routes take. */
export type KeyFields = KeyBody & { readonly grace_period?: string | null | undefined }

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/**
 * What a request body asks to change of a row; `row` is the key as it is, or undefined for a new one.
 * Throws `BadRequestError` naming the field at fault.
 */
export function keyChanges(body: KeyFields, row: KeyRow | undefined, context: ChangeContext): KeyChange {
  const kept = keptOf(body, KEPT_FIELDS)
  const changes: Mutable<Partial<KeyRow>> = {
    ...plainChanges(body),
    ...limitChanges(body, row, context),
    ...rotationChange(body, row, context),
    updatedAt: context.now,
    updatedBy: context.by,
  }
  if (body.spend !== undefined) changes.spendNanoUsd = nanoFromUsd(body.spend ?? 0, 'spend')
  if (body.duration !== undefined) changes.expiresAt = expiryOf(body.duration, context.now)
  const metadata = metadataChange(body, row, kept.fields, context.now)
  if (metadata !== undefined) changes.metadata = metadata
  const idle = Object.keys(body.permissions ?? {}).map(
    name => `\`permissions.${name}\` has no effect in this version; it is kept.`,
  )
  return { changes, warnings: [...kept.warnings, ...idle] }
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
  ['project_id', 'projectId', null],
  ['budget_id', 'budgetId', null],
  ['access_group_ids', 'accessGroupIds', []],
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

function expiryOf(duration: string | null, now: number): number | null {
  if (duration === null || duration === '' || duration === '-1') return null
  const moment = momentAfter(duration, now)
  if (moment !== undefined) return moment
  throw badRequest(`duration: ${DURATION_RULE}, or null for a key that never expires.`, 'duration')
}
