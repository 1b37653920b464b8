import { hash } from 'node:crypto'

/** LiteLLM's actions, in its words. */
export const AUDIT_ACTIONS = ['created', 'updated', 'deleted', 'blocked', 'unblocked', 'rotated'] as const
export type AuditAction = (typeof AUDIT_ACTIONS)[number]

/** What is written down of one change, before it has its place in the chain. */
export interface NewAuditEntry {
  readonly id: string
  /** Milliseconds since the epoch, by the clock of the replica that made the change. */
  readonly changedAt: number
  /** Whoever `litellm-changed-by` named, else the caller's user. */
  readonly changedBy: string
  /** The caller's own user, whatever it said. */
  readonly userId: string | null
  /** Hash of the caller's key. */
  readonly changedByApiKey: string | null
  readonly changedByRole: string
  readonly clientIp: string | null
  readonly action: AuditAction
  /** The table in LiteLLM's words: `LiteLLM_VerificationToken`. */
  readonly tableName: string
  readonly objectId: string
  /** JSON, without secrets. */
  readonly beforeValue: string | null
  readonly updatedValues: string | null
}

export interface AuditEntry extends NewAuditEntry {
  /** 1 for the first entry; grows by one. */
  readonly sequence: number
  readonly previousHash: string
  readonly hash: string
}

/** The hash before the first entry. */
export const GENESIS_HASH = '0'.repeat(64)

/**
 * SHA-256 over everything an entry says, its place and the hash before it, lower-case hex. The fields are written as a
 * JSON array in this order, so that no two entries have the same text; the leading word is the version of this rule.
 */
export function hashOfEntry(entry: Omit<AuditEntry, 'hash'>): string {
  const said = [
    'sluice-audit-1',
    entry.sequence,
    entry.id,
    entry.changedAt,
    entry.changedBy,
    entry.userId,
    entry.changedByApiKey,
    entry.changedByRole,
    entry.clientIp,
    entry.action,
    entry.tableName,
    entry.objectId,
    entry.beforeValue,
    entry.updatedValues,
    entry.previousHash,
  ]
  return hash('sha256', JSON.stringify(said), 'hex')
}
