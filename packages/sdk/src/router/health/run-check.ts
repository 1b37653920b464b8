import { call } from '../../call.ts'
import { createError, SluiceError } from '../../errors.ts'
import type { Attempt, CallRecord } from '../../types/call-record.ts'
import type { CancelSignal } from '../../types/cancel-signal.ts'
import type { RoutingHost } from '../route.ts'
import type { Check } from './check-of.ts'
import type { Finding } from './finding.ts'

/** What is said of a failure at most, characters: it is kept for every deployment and told to other replicas. */
const LONGEST_MESSAGE = 500

/** What a check found, and the error itself where there was one. */
export interface CheckResult {
  readonly finding: Finding
  readonly error?: SluiceError
}

/**
 * Asks one deployment once, past all that chooses among deployments and counts their traffic. What it used is noted in
 * the record, as one attempt. Never throws.
 */
export async function runCheck(
  { endpoint, format, deployment, request, timeoutMs }: Check,
  record: CallRecord,
  host: RoutingHost,
  signal: CancelSignal | undefined,
): Promise<CheckResult> {
  const at = host.now()
  const attempt: Attempt = { deploymentId: deployment.id, deployment, startedAt: at, durationMs: 0 }
  record.attempts.push(attempt)
  record.deployment = deployment
  const ask = { ...{ endpoint, deployment, request, timeoutMs, signal }, clientFormat: format, now: at }
  const warn = (warning: CallRecord['warnings'][number]) => void record.warnings.push(warning)
  let error: SluiceError | undefined
  try {
    const reply = await call({ ...ask, id: record.id, strictness: LENIENT, warn }, host)
    if (reply.kind === 'stream' || reply.kind === 'relay-stream') reply.abort()
    attempt.meter = reply.meter
    record.status = 'success'
  } catch (thrown) {
    error = thrown instanceof SluiceError ? thrown : unexpected(thrown)
    attempt.error = error
    if (error.provider !== undefined) attempt.status = error.status
    record.status = 'failure'
    record.error = error
  }
  attempt.durationMs = host.now() - at
  record.upstreamMs += attempt.durationMs
  return error
    ? { finding: { at, durationMs: attempt.durationMs, error: toldOf(error) }, error }
    : { finding: { at, durationMs: attempt.durationMs } }
}

/** A parameter that a deployment does not take says nothing about its health. */
const LENIENT = { dropParams: true, additionalDropParams: [], allowedOpenaiParams: [] }

function unexpected(cause: unknown): SluiceError {
  return createError({ kind: 'internal', message: 'The check failed inside Sluice.', cause })
}

function toldOf({ name, status, message }: SluiceError): Finding['error'] {
  return { name, status, message: message.slice(0, LONGEST_MESSAGE) }
}
