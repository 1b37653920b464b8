import type { AttemptCancel } from './attempt-cancel.ts'

/** How one attempt is made. */
export interface AttemptOptions {
  /** Milliseconds the call waited before it. */
  readonly waitedMs: number
  /** Ends it when another attempt answers first. */
  readonly cancel?: AttemptCancel | undefined
  /** It is the second of two at the same time. */
  readonly hedge?: boolean | undefined
}
