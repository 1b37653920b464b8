import { randomUUID } from 'node:crypto'
import type { NewAuditEntry } from '../audit/audit-entry.ts'

/** A change like any other. */
export function auditEntry(more: Partial<NewAuditEntry> = {}): NewAuditEntry {
  return {
    id: randomUUID(),
    changedAt: 1_000,
    changedBy: 'anna',
    userId: 'anna',
    changedByApiKey: 'hash-of-anna',
    changedByRole: 'proxy_admin',
    clientIp: '127.0.0.1',
    action: 'updated',
    tableName: 'LiteLLM_VerificationToken',
    objectId: 'key-1',
    beforeValue: null,
    updatedValues: '{"blocked":true}',
    ...more,
  }
}
