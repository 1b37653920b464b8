import { pino } from 'pino'
import type { TelemetrySettings } from '../config/settings.ts'
import type { Log } from '../db/log.ts'

/** What parts of the gateway write to. Fields never hold prompts, answers or secrets. */
export type GatewayLog = Log

/** Names of fields that must never be written out, wherever they stand. */
const SECRET_FIELDS = [
  'authorization',
  'api_key',
  'apiKey',
  'x-api-key',
  'x-goog-api-key',
  'password',
  'secret',
  'token',
]

/** JSON lines on standard error, so that standard output stays for people. */
export function createLog({ logLevel }: TelemetrySettings): GatewayLog {
  return pino(
    {
      level: logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRET_FIELDS.flatMap(name => [`["${name}"]`, `*["${name}"]`]), censor: '[redacted]' },
    },
    pino.destination({ dest: 2, sync: false }),
  )
}
