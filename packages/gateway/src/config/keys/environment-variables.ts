import { rotationVariables } from './key-generation.ts'
import { masterKey } from './master-key.ts'
import { redisVariables } from './redis.ts'
import { accepted, type Section, unenforced, works } from './row.ts'
import { signInVariables } from './sign-in-variables.ts'
import { anything, choice, flag, positiveSeconds, scalar, seconds, secret, text, whole } from './types.ts'

const logLevel = choice('trace', 'debug', 'info', 'warn', 'error', 'silent')
/** LiteLLM's names for log levels, in ours. */
const LOG_LEVELS = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  ERROR: 'error',
  CRITICAL: 'error',
} as const
const litellmLogLevel = scalar(`one of ${Object.keys(LOG_LEVELS).join(', ')}`, 'INFO', node => {
  const name = node.kind === 'scalar' ? String(node.value).toUpperCase() : ''
  return Object.entries(LOG_LEVELS).find(([key]) => key === name)?.[1]
})
const port = whole(0, 65_535)
const bucket = (doc: string) => accepted(anything, doc, { remedy: 'Give the config as a file.' })
const database = (doc: string) => accepted(anything, doc, { remedy: 'Set DATABASE_URL.' })

/** Variables read at start; the command line and the file win over them, where they have the same setting. */
export const environmentVariables = {
  name: 'environment',
  doc: 'Variables of the process environment. The command line wins over the file, the file over variables.',
  rows: {
    CONFIG_FILE_PATH: works(text, 'The config file, where `--config` is absent.', 'source'),
    HOST: works(text, 'Address to listen on.', 'server.host'),
    PORT: works(port, 'Port to listen on; 0 takes a free one.', 'server.port'),
    DATABASE_URL: works(secret, '`postgresql://…`.', 'database.url'),
    ...redisVariables,
    LITELLM_MASTER_KEY: works(masterKey, 'The key of the administrator.', 'auth.masterKey'),
    ...signInVariables,
    LITELLM_SALT_KEY: works(
      secret,
      'Seals credentials in the database; the master key does unless it is set.',
      'auth.saltKey',
    ),
    LITELLM_ENVIRONMENT: works(text, 'Compared with `model_info.supported_environments`.', 'deployments'),
    LITELLM_LOG: works(litellmLogLevel, 'DEBUG, INFO, WARNING, ERROR or CRITICAL.', 'telemetry.logLevel'),
    LITELLM_DROP_PARAMS: works(flag, 'Leave out parameters the provider does not know.', 'calls.dropParams'),
    LITELLM_MODIFY_PARAMS: works(flag, 'Repair requests the provider would refuse.', 'calls.modifyParams'),
    JSON_LOGS: accepted(flag, 'Write logs as JSON; they always are.'),
    ...rotationVariables,
    LITELLM_MODEL_COST_MAP_URL: works(text, 'Price file: path or address.', 'prices.file'),
    DEFAULT_MAX_RETRIES: works(whole(), 'Retries of a call.', 'router.retries'),
    DEFAULT_ALLOWED_FAILS: works(whole(), 'Failures per minute before a cooldown.', 'router.allowedFails'),
    DEFAULT_COOLDOWN_TIME_SECONDS: works(seconds, 'Seconds a failing deployment rests.', 'router.cooldownMs'),
    MAX_IMAGE_URL_DOWNLOAD_SIZE_MB: works(
      whole(),
      'Largest file fetched for a provider, megabytes; 0 switches fetching off.',
      'media.maxBytes',
    ),
    ROUTER_MAX_FALLBACKS: works(whole(), 'Most fallbacks of one call.', 'router.maxFallbacks'),
    PROXY_BATCH_WRITE_AT: works(seconds, 'Seconds between batches of spend.', 'spend.flushMs'),
    LITELLM_CONFIG_BUCKET_NAME: bucket('Bucket of the config file.'),
    LITELLM_CONFIG_BUCKET_OBJECT_KEY: bucket('Its name in the bucket.'),
    LITELLM_CONFIG_BUCKET_TYPE: bucket('Kind of the bucket.'),
    DATABASE_HOST: database('Database host.'),
    DATABASE_NAME: database('Database name.'),
    STORE_MODEL_IN_DB: accepted(flag, 'Allow models in the database.'),
    SERVER_ROOT_PATH: accepted(text, 'Path below which everything is served.'),
    DISABLE_ADMIN_UI: unenforced(flag, 'Do not serve the dashboard.'),
    SLUICE_HOST: works(text, 'As `HOST`, and wins over it.', 'server.host'),
    SLUICE_PORT: works(port, 'As `PORT`, and wins over it.', 'server.port'),
    SLUICE_DATA_DIR: works(
      text,
      'Directory of the embedded database, the journal and the master key.',
      'database.dataDirectory',
    ),
    SLUICE_LOG_LEVEL: works(logLevel, 'How much to log.', 'telemetry.logLevel'),
    SLUICE_PRICE_FILE: works(text, 'Price file: path or address.', 'prices.file'),
    SLUICE_DRAIN_SECONDS: works(seconds, 'Seconds open streams get at shutdown.', 'server.drainMs'),
    SLUICE_CLIENT_TIMEOUT_SECONDS: works(
      positiveSeconds,
      'Seconds a client may take to send its request.',
      'server.requestTimeoutMs',
    ),
    SLUICE_KEY_STALENESS_SECONDS: works(
      seconds,
      'Seconds a key is answered from memory while the database is away.',
      'auth.maxKeyStalenessMs',
    ),
    SLUICE_GOOGLE_TOKEN_ORIGINS: works(
      text,
      'Origins besides Google’s, by commas, that Google credentials files may name.',
      'providers.credentials',
    ),
    SLUICE_LIMITS_REDIS_WAIT_MS: works(
      whole(1),
      'Milliseconds a call waits for Redis before it goes by this replica’s share of its limits; 10 unless stated.',
      'limits.redisWaitMs',
    ),
    SLUICE_DEFAULT_MAX_OUTPUT_TOKENS: works(
      whole(1),
      'Output tokens reserved when no limit is known.',
      'limits.defaultMaxOutputTokens',
    ),
  },
} as const satisfies Section

/** What the command line may set; it wins over everything. */
export const commandLine = {
  name: 'command line',
  doc: 'Options of the command line.',
  rows: {
    '--host': works(text, 'Address to listen on.', 'server.host'),
    '--port': works(port, 'Port to listen on; 0 takes a free one.', 'server.port'),
    '--data-directory': works(
      text,
      'Directory of the embedded database, the journal and the master key.',
      'database.dataDirectory',
    ),
    '--log-level': works(logLevel, 'How much to log.', 'telemetry.logLevel'),
  },
} as const satisfies Section
