/**
 * A note that something of the request could not be carried unchanged. Never silent: the SDK puts these on the
 * result, the gateway in the `x-sluice-warnings` header and in the call record.
 */
export interface Warning {
  /** What happened to it. */
  readonly action: 'dropped' | 'renamed' | 'approximated' | 'clamped' | 'ignored'
  /** Path of the field in the caller's request, for example `messages[2].cache_control`. */
  readonly param: string
  /** One sentence: why. */
  readonly reason: string
}
