import type { Violation } from './shape.ts'

/** Why an upstream refuses or breaks. Every wire turns a kind into its vendor's status and body. */
export type FailureKind =
  | 'invalid'
  | 'no-key'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'too-large'
  | 'rate-limit'
  | 'quota'
  | 'context'
  | 'content-policy'
  | 'server'
  | 'unavailable'
  | 'overloaded'
  | 'timeout'

export interface FailureFacts {
  /** The vendor's own words when absent. */
  readonly message?: string | undefined
  /** Replaces the kind's usual status. */
  readonly status?: number | undefined
  readonly retryAfterSeconds?: number | undefined
  readonly violation?: Violation | undefined
  /** The field at fault, in the vendor's spelling. */
  readonly field?: string | undefined
  readonly code?: string | undefined
  /** The model asked for, quoted by "not found" messages. */
  readonly model?: string | undefined
}

/** A refusal or breakdown that a wire words in its vendor's error shape. */
export class Failure extends Error {
  readonly kind: FailureKind
  readonly facts: FailureFacts

  constructor(kind: FailureKind, facts: FailureFacts = {}) {
    super(facts.message ?? kind)
    this.kind = kind
    this.facts = facts
  }
}

const kinds = new Map<number, FailureKind>([
  [400, 'invalid'],
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [408, 'timeout'],
  [413, 'too-large'],
  [429, 'rate-limit'],
  [502, 'unavailable'],
  [503, 'unavailable'],
  [504, 'timeout'],
  [529, 'overloaded'],
])

/** The failure a vendor reports with this status. */
export function failureOfStatus(status: number, facts: FailureFacts = {}): Failure {
  return new Failure(kinds.get(status) ?? (status < 500 ? 'invalid' : 'server'), { ...facts, status })
}
