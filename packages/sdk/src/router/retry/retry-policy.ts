import type { ErrorKind, SluiceError } from '../../errors.ts'
import { errorClassOf, type PerErrorClass } from '../error-class.ts'

export interface RetrySettings {
  readonly retries: number
  /** Retries by class of error: they replace the number of retries of router and deployment. */
  readonly retryPolicy?: RetryPolicy | undefined
  readonly modelGroupRetryPolicy?: ReadonlyMap<string, RetryPolicy> | undefined
}

export interface RetryPolicy {
  readonly byClass: PerErrorClass
  /** LiteLLM's `DefaultRetries`. */
  readonly otherwise?: number | undefined
}

/** Trouble with this deployment that another one of the group may not have. */
const ELSEWHERE: ReadonlySet<ErrorKind> = new Set([
  'authentication',
  'permission',
  'not_found',
  'insufficient_quota',
])
/** Nobody waits for the answer, or nobody may pay for it: no policy changes that. */
const FINAL: ReadonlySet<ErrorKind> = new Set(['aborted', 'budget'])

export interface Failed {
  readonly error: SluiceError
  readonly group: string
  /** The caller's own number. */
  readonly asked: number | undefined
  /** The failed deployment's. */
  readonly own: number | undefined
}

/** How often a call that failed so may be tried again, in all: the caller's word, the policy's, the deployment's, the router's. */
export function retriesFor({ error, group, asked, own }: Failed, settings: RetrySettings): number {
  return asked ?? policyOf(error, group, settings) ?? own ?? settings.retries
}

/**
 * Whether another attempt may succeed: at the same deployment, only at another, or nowhere. A policy that names the
 * class of a hopeless error is obeyed, but only at another deployment: the same one would say the same again.
 */
export function retryableAt(
  error: SluiceError,
  group: string,
  settings: RetrySettings,
): 'anywhere' | 'elsewhere' | 'nowhere' {
  if (FINAL.has(error.kind)) return 'nowhere'
  if (error.retryable) return 'anywhere'
  if (ELSEWHERE.has(error.kind)) return 'elsewhere'
  return namedIn(error, group, settings) ? 'elsewhere' : 'nowhere'
}

function policyOf(error: SluiceError, group: string, settings: RetrySettings): number | undefined {
  const policy = settings.modelGroupRetryPolicy?.get(group) ?? settings.retryPolicy
  if (policy === undefined) return undefined
  return namedIn(error, group, settings) ?? policy.otherwise
}

function namedIn(
  { kind }: SluiceError,
  group: string,
  { retryPolicy, modelGroupRetryPolicy }: RetrySettings,
): number | undefined {
  const policy = modelGroupRetryPolicy?.get(group) ?? retryPolicy
  const errorClass = errorClassOf(kind)
  return errorClass && policy?.byClass.get(errorClass)
}
