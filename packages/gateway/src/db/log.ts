/** The part of a logger that storage needs; pino's shape. Fields never hold SQL, parameters or secrets. */
export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Says nothing; for tests and one-off commands. */
export const silentLog: Log = { info() {}, warn() {}, error() {} }
