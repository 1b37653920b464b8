import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { AuditAction, NewAuditEntry } from '../../db/audit/audit-entry.ts'
import type { Database } from '../../db/database.ts'
import type { Log } from '../../db/log.ts'
import { callerOfRequest } from '../protect-routes.ts'
import { withoutSecrets } from './without-secrets.ts'

/** One change of one object. */
export interface AuditedChange {
  readonly action: AuditAction
  /** The table in LiteLLM's words: `LiteLLM_VerificationToken`. */
  readonly table: string
  readonly objectId: string
  /** The object as it was, in LiteLLM's names; absent for a new one. Secrets are masked here, whatever is sent. */
  readonly before?: unknown
  /** The object as it is now; absent for one that is gone. */
  readonly after?: unknown
  /** Who asked for it; absent for what the gateway does by itself. */
  readonly request?: FastifyRequest | undefined
  /** Stands for who did it where there is no request: the name of a job. */
  readonly actor?: string | undefined
}

/** What management code needs of the audit log. */
export interface Audit {
  /**
   * Writes changes down, all or none; nothing when `store_audit_logs` is off. Call it inside `together` after the
   * change, and both are kept or neither is; called elsewhere it rejects with `ServiceUnavailableError` when a change
   * was made and its entry could not be, which is then in the log.
   */
  record(change: AuditedChange | readonly AuditedChange[]): Promise<void>
  /**
   * Runs a change and its records in one transaction. `work` awaits nothing but the database, and tells caches after
   * it, not in it.
   */
  together<T>(work: () => Promise<T>): Promise<T>
}

export interface AuditLogServices {
  readonly database: Pick<Database, 'audit' | 'together'>
  readonly log: Log
  /** `store_audit_logs`. */
  readonly isOn: () => boolean
  readonly now: () => number
}

/** The audit log of management: who changed what, from what to what, and when. */
export function createAudit({ database, log, isOn, now }: AuditLogServices): Audit {
  return {
    async record(change) {
      if (!isOn()) return
      const changes: readonly AuditedChange[] = isList(change) ? change : [change]
      const entries = changes.map(one => entryOf(one, now()))
      try {
        await database.audit.append(entries, ([...appended]) => {
          const last = appended.at(-1)
          // Wherever logs are kept, this is a checkpoint that no change of the database can undo.
          log.info({ sequence: last?.sequence, hash: last?.hash }, 'audit log: the chain has a new head')
        })
      } catch (error) {
        log.error({ entries }, 'a change was not written into the audit log')
        throw error
      }
    },
    together: work => database.together(work),
  }
}

function isList(change: AuditedChange | readonly AuditedChange[]): change is readonly AuditedChange[] {
  return Array.isArray(change)
}

function entryOf(change: AuditedChange, changedAt: number): NewAuditEntry {
  return {
    id: randomUUID(),
    changedAt,
    ...authorsOf(change),
    action: change.action,
    tableName: change.table,
    objectId: withoutSecrets(change.objectId) as string,
    beforeValue: textOf(change.before),
    updatedValues: textOf(change.after),
  }
}

type Authors = Pick<NewAuditEntry, 'changedBy' | 'userId' | 'changedByApiKey' | 'changedByRole' | 'clientIp'>

function authorsOf({ request, actor = 'sluice' }: AuditedChange): Authors {
  if (request === undefined)
    return { changedBy: actor, userId: null, changedByApiKey: null, changedByRole: 'system', clientIp: null }
  const { role, record } = callerOfRequest(request)
  const named = role === 'proxy_admin' ? request.headers['litellm-changed-by'] : undefined
  const userId = record.userId ?? null
  return {
    changedBy: (typeof named === 'string' && named !== '' ? nameIn(named) : userId) ?? role,
    userId,
    changedByApiKey: record.keyHash,
    changedByRole: role,
    clientIp: request.ip,
  }
}

const MOST_NAME = 256

function nameIn(header: string): string {
  return withoutSecrets(header.slice(0, MOST_NAME)) as string
}

/** Bytes of JSON kept of an object before and after. */
const MOST_BYTES = 256 * 1024

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null
  const text = JSON.stringify(withoutSecrets(value))
  const bytes = Buffer.byteLength(text)
  if (bytes <= MOST_BYTES) return text
  return JSON.stringify({ omitted: `The object has ${bytes} bytes; at most ${MOST_BYTES} are kept.` })
}
