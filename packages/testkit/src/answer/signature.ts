import { createHash } from 'node:crypto'

/** The signature a vendor would put on thinking or on a tool call: derived from what it signs, so it can be checked. */
export function signatureOf(signed: string): string {
  return createHash('sha256').update('testkit signature\n').update(signed).digest('base64')
}
