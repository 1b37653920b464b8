import type { RecordCaller } from 'sluice/internal'
import type { KeyRow } from '../db/rows.ts'
import type { LimitSubject } from '../limits/limiter.ts'
import type { ModelLimits } from '../limits/subjects/model-limits.ts'
import { type CallerAccounts, modelLimitsOf, subjectsOf } from '../limits/subjects.ts'
import type { Principal } from './door/principal.ts'
import { type ModelLayer, modelLayers } from './model-layers.ts'
import { type CallerAliases, callerAliases } from './models/caller-aliases.ts'
import { type Role, roleOf } from './roles.ts'

/** Who is asking, made by one constructor (`authenticate`) from one credential. Frozen. */
export interface Caller {
  readonly role: Role
  readonly record: RecordCaller
  /** Lists of models that must all allow a model; one that allows every model is left out. */
  readonly modelLayers: readonly ModelLayer[]
  /** Name the caller may send → group it means. */
  readonly aliases: ReadonlyMap<string, string>
  /** Those that somebody made who is bounded by lists above them. */
  readonly madeAliases?: CallerAliases['madeAliases'] | undefined
  readonly tags: readonly string[]
  readonly metadata: Readonly<Record<string, unknown>>
  /** Route groups or paths this key may call; empty: all that its role may. */
  readonly allowedRoutes: readonly string[]
  /** Everyone this caller's calls are charged to, whatever they ask for. */
  readonly subjects: readonly LimitSubject[]
  /** What holds of them for single models. */
  readonly modelLimits: readonly ModelLimits[]
  /** Undefined for the master key. */
  readonly key?: KeyRow | undefined
  readonly accounts: CallerAccounts
  /** On whose behalf a token calls, whatever the request says. */
  readonly endUserId?: string | undefined
  /** The same somebody acting for other teams of theirs; `chooseTeam` takes the one that has the model. */
  readonly otherTeams?: readonly Caller[] | undefined
}

/** Stands for the master key in spend rows: its hash is written nowhere. */
export const MASTER_KEY_HASH = 'litellm_proxy_master_key'
/** Stands for the key of those who call a public route without one. */
export const ANYBODY = 'litellm_public_route'
/** LiteLLM's user id of whoever holds the master key. */
export const ADMIN_USER_ID = 'default_user_id'

/** The holder of the master key: no limits but those of the whole proxy. */
export function adminCaller(shared: readonly LimitSubject[] = []): Caller {
  return Object.freeze<Caller>({
    role: 'proxy_admin',
    record: Object.freeze({ keyHash: MASTER_KEY_HASH, keyAlias: MASTER_KEY_HASH, userId: ADMIN_USER_ID }),
    modelLayers: [],
    aliases: new Map(),
    tags: [],
    metadata: {},
    allowedRoutes: [],
    subjects: shared,
    modelLimits: [],
    accounts: {},
  })
}

/**
 * The holder of a virtual key. `shared`: subjects every call is charged to besides; `ofTeam`: names of the models that
 * are its team's own.
 */
export function callerOfKey(
  row: KeyRow,
  shared: readonly LimitSubject[] = [],
  accounts: CallerAccounts = {},
  ofTeam?: ReadonlyMap<string, string>,
): Caller {
  const { user, team, organization } = accounts
  return Object.freeze<Caller>({
    role: roleOf(user),
    record: Object.freeze<RecordCaller>({
      keyHash: row.tokenHash,
      keyAlias: row.keyAlias ?? undefined,
      userId: row.userId ?? undefined,
      userEmail: user?.email ?? undefined,
      teamId: row.teamId ?? undefined,
      teamAlias: team?.alias ?? undefined,
      organizationId: row.organizationId ?? organization?.id,
      projectId: row.projectId ?? undefined,
    }),
    modelLayers: modelLayers(row, accounts),
    ...callerAliases(row, accounts, ofTeam),
    tags: tagsOf(row, accounts),
    metadata: row.metadata,
    allowedRoutes: row.allowedRoutes,
    subjects: [...subjectsOf(row, accounts), ...shared],
    modelLimits: modelLimitsOf(row, accounts),
    key: row,
    accounts,
  })
}

/** Somebody without a key of their own: as the holder of one, with the role that was stated. */
export function callerOfPrincipal(
  { row, role, endUserId, commonChecks = true }: Principal,
  shared: readonly LimitSubject[],
  accounts: CallerAccounts,
  ofTeam?: ReadonlyMap<string, string>,
): Caller {
  const held = commonChecks ? accounts : {}
  const caller = callerOfKey(row, shared, held, ofTeam)
  return Object.freeze<Caller>({ ...caller, role: role ?? roleOf(accounts.user), endUserId, accounts })
}

/** LiteLLM keeps tags in the metadata, and those of keys in newer versions in a field of their own. */
function tagsOf({ tags, metadata }: KeyRow, { team, project }: CallerAccounts): readonly string[] {
  const more = [metadata, team?.metadata, project?.metadata].flatMap(each => {
    const listed = each?.['tags']
    return Array.isArray(listed) ? listed.filter(tag => typeof tag === 'string') : []
  })
  return more.length === 0 ? tags : [...new Set([...tags, ...more])]
}
