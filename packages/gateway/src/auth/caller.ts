import type { RecordCaller } from 'sluice/internal'
import type { KeyRow } from '../db/rows.ts'
import type { BudgetLimit, LimitSubject } from '../limits/limiter.ts'

/** Who is asking, made by one constructor (`authenticate`) from one credential. Frozen. */
export interface Caller {
  readonly role: 'proxy_admin' | 'key'
  readonly record: RecordCaller
  /** Model names this caller may use; empty means all. `all-proxy-models` means all too. Wildcards as `openai/*`. */
  readonly models: readonly string[]
  /** Name the caller may send → group it means. */
  readonly aliases: ReadonlyMap<string, string>
  readonly tags: readonly string[]
  readonly metadata: Readonly<Record<string, unknown>>
  /** Route groups or paths this key may call; empty means all LLM routes. */
  readonly allowedRoutes: readonly string[]
  /** Everyone this caller's calls are charged to. */
  readonly subjects: readonly LimitSubject[]
}

/** Stands for the master key in spend rows: its hash is written nowhere. */
export const MASTER_KEY_HASH = 'litellm_proxy_master_key'
/** LiteLLM's user id of whoever holds the master key. */
export const ADMIN_USER_ID = 'default_user_id'
/** When a key's spend was last set by hand, milliseconds; kept in the row's metadata. */
export const SPEND_SET_AT = 'spend_set_at'

/** The holder of the master key: no limits but those of the whole proxy. */
export function adminCaller(shared: readonly LimitSubject[] = []): Caller {
  return Object.freeze<Caller>({
    role: 'proxy_admin',
    record: Object.freeze({ keyHash: MASTER_KEY_HASH, keyAlias: MASTER_KEY_HASH, userId: ADMIN_USER_ID }),
    models: [],
    aliases: new Map(),
    tags: [],
    metadata: {},
    allowedRoutes: [],
    subjects: shared,
  })
}

/** The holder of a virtual key. `shared`: subjects every call is charged to besides. */
export function callerOfKey(row: KeyRow, shared: readonly LimitSubject[] = []): Caller {
  const subject = subjectOfKey(row)
  return Object.freeze<Caller>({
    role: 'key',
    record: Object.freeze<RecordCaller>({
      keyHash: row.tokenHash,
      keyAlias: row.keyAlias ?? undefined,
      userId: row.userId ?? undefined,
      teamId: row.teamId ?? undefined,
      organizationId: row.organizationId ?? undefined,
    }),
    models: row.models,
    aliases: new Map(Object.entries(row.aliases)),
    tags: tagsOf(row),
    metadata: row.metadata,
    allowedRoutes: row.allowedRoutes,
    subjects: subject === undefined ? shared : [subject, ...shared],
  })
}

/** LiteLLM keeps a key's tags in its metadata, and newer versions in a field of their own. */
function tagsOf({ tags, metadata }: KeyRow): readonly string[] {
  const more = metadata['tags']
  if (!Array.isArray(more)) return tags
  return [...new Set([...tags, ...more.filter(tag => typeof tag === 'string')])]
}

/** Undefined for a key without limits: what has none is not counted. */
function subjectOfKey(row: KeyRow): LimitSubject | undefined {
  const subject: LimitSubject = {
    kind: 'key',
    id: row.tokenHash,
    label: row.keyAlias ?? row.keyName,
    rpm: row.rpmLimit ?? undefined,
    tpm: row.tpmLimit ?? undefined,
    maxParallelRequests: row.maxParallelRequests ?? undefined,
    budget: budgetOfKey(row),
  }
  const { rpm, tpm, maxParallelRequests, budget } = subject
  const limited = [rpm, tpm, maxParallelRequests, budget].some(limit => limit !== undefined)
  return limited ? Object.freeze(subject) : undefined
}

function budgetOfKey(row: KeyRow): BudgetLimit | undefined {
  if (row.maxBudgetNanoUsd === null) return undefined
  const setAt = row.metadata[SPEND_SET_AT]
  return Object.freeze<BudgetLimit>({
    maxNanoUsd: row.maxBudgetNanoUsd,
    spentNanoUsd: row.spendNanoUsd,
    duration: row.budgetDuration ?? undefined,
    resetAt: row.budgetResetAt ?? undefined,
    setAt: typeof setAt === 'number' ? setAt : undefined,
  })
}
