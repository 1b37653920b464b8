/** What a health check of a deployment found. */
export interface Finding {
  /** When the check began, milliseconds since the epoch. */
  readonly at: number
  readonly durationMs: number
  /** Absent when the deployment answered. */
  readonly error?: FindingError | undefined
}

export interface FindingError {
  /** The class, as `AuthenticationError`. */
  readonly name: string
  readonly status: number
  readonly message: string
}

/** True for a failure that says "not now" rather than "broken": 429, 408. */
export function isTransient({ error }: Finding): boolean {
  return error?.status === 429 || error?.status === 408
}
