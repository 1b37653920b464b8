/** Values in force when neither file, environment nor command line say otherwise; LiteLLM's where it has one. */
export const defaults = {
  host: '127.0.0.1',
  port: 4000,
  dataDirectory: '.sluice',
  maxMediaBytes: 50 * 1024 * 1024,
  maxRequestBytes: 100 * 1024 * 1024,
  maxResponseBytes: 100 * 1024 * 1024,
  drainMs: 30_000,
  /** Time a client may take to send its request. */
  requestTimeoutMs: 60_000,
  retries: 2,
  allowedFails: 3,
  cooldownMs: 5_000,
  timeoutMs: 600_000,
  retryAfterMs: 0,
  maxFallbacks: 5,
  strategy: 'simple-shuffle',
  healthIntervalMs: 300_000,
  /** Health checks at one time. */
  healthConcurrency: 8,
  poolSize: 10,
  flushMs: 1_000,
  maxKeyStalenessMs: 600_000,
  defaultMaxOutputTokens: 4_096,
  timezone: 'UTC',
  logLevel: 'info',
} as const
