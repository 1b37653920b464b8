import type { AuditLogTable } from '../tables.ts'
import type { AuditAction, AuditEntry } from './audit-entry.ts'

export function encodeAuditEntry(entry: AuditEntry): AuditLogTable {
  return {
    sequence: entry.sequence,
    id: entry.id,
    changed_at: entry.changedAt,
    changed_by: entry.changedBy,
    user_id: entry.userId,
    changed_by_api_key: entry.changedByApiKey,
    changed_by_role: entry.changedByRole,
    client_ip: entry.clientIp,
    action: entry.action,
    table_name: entry.tableName,
    object_id: entry.objectId,
    before_value: entry.beforeValue,
    updated_values: entry.updatedValues,
    previous_hash: entry.previousHash,
    hash: entry.hash,
  }
}

/** The row as it is stored: a value that somebody tampered with is read as it stands, so that its hash betrays it. */
export function decodeAuditEntry(row: AuditLogTable): AuditEntry {
  return {
    sequence: row.sequence,
    id: row.id,
    changedAt: row.changed_at,
    changedBy: row.changed_by,
    userId: row.user_id,
    changedByApiKey: row.changed_by_api_key,
    changedByRole: row.changed_by_role,
    clientIp: row.client_ip,
    action: row.action as AuditAction,
    tableName: row.table_name,
    objectId: row.object_id,
    beforeValue: row.before_value,
    updatedValues: row.updated_values,
    previousHash: row.previous_hash,
    hash: row.hash,
  }
}
