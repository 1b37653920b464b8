import type { AssistantMessage } from '../../types/chat.ts'

/** Before a thought's signature in the hub, so that no other vendor is sent it; and none of theirs is sent to Google. */
const MARK = 'gemini:'
/** Google's clients take signatures for bytes in base64, so another vendor's is wrapped in more of it. */
const FOREIGN = 'sluice-foreign:'
const WRAPPED = Buffer.from(FOREIGN).toString('base64')

/** A signature of Google's format, from its servers or clients, as the hub keeps it. */
export function decodeSignature(signature: string): string {
  if (!signature.startsWith(WRAPPED)) return MARK + signature
  return Buffer.from(signature, 'base64').toString('utf8').slice(FOREIGN.length)
}

/**
 * The signature to send to Google for a thought of an earlier turn; `undefined` for what another vendor signed. An
 * unmarked one, of before there were marks, is Google's where the message bears other signatures of Google's.
 */
export function signatureForGoogle(signature: string, message: AssistantMessage): string | undefined {
  if (signature.startsWith(MARK)) return signature.slice(MARK.length)
  return !signature.includes(':') && isGoogles(message) ? signature : undefined
}

function isGoogles({ provider_specific_fields: fields, tool_calls: calls }: AssistantMessage): boolean {
  if (fields?.thought_signatures !== undefined) return true
  return (calls ?? []).some(call => call.provider_specific_fields?.thought_signature !== undefined)
}

/** A hub signature for a client of Google's format: Google's own as it was, any other's wrapped. */
export function signatureForClient(signature: string): string {
  if (signature.startsWith(MARK)) return signature.slice(MARK.length)
  return Buffer.from(FOREIGN + signature).toString('base64')
}
