/** The tables behind `check-house.ts`. A new room, limit or exemption is a change here and nowhere else. */

/** Rooms of each package, lowest first. A file imports only from its own row or rows above. */
export const rooms: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'packages/sdk/src': [
    ['errors.ts', 'types', 'internal'],
    ['transport', 'credentials', 'models', 'tokens', 'budgets'],
    ['codecs'],
    ['endpoints', 'providers'],
    ['capabilities'],
    ['cache', 'callbacks', 'call.ts', 'steps'],
    ['router'],
    ['api', 'index.ts', 'internal.ts'],
  ],
  'packages/gateway/src': [
    ['version.ts', 'health.ts', 'config', 'db', 'redis', 'secrets', 'telemetry'],
    ['auth', 'limits', 'spend', 'guardrails', 'prompts'],
    ['serve.ts', 'steps'],
    ['resume'],
    ['mcp', 'a2a', 'realtime', 'passthrough'],
    ['management', 'jobs', 'health-checks', 'alerts', 'simulate', 'migrate'],
    ['http'],
    ['gateway.ts', 'load-prices.ts', 'server.ts', 'cli.ts', 'cli', 'index.ts'],
  ],
}

/** What each package may import of its siblings. */
export const siblings: Readonly<Record<string, readonly string[]>> = {
  'packages/sdk/src': [],
  'packages/gateway/src': ['sluice', 'sluice/internal'],
}

export const limits = {
  file: { soft: 300, hard: 500 },
  function: { soft: 50, hard: 80 },
  folder: { soft: 15, hard: 25 },
} as const

/** Tables: long because the world is, exempt from the file limits. */
export const tables = [
  '**/*.gen.ts',
  '**/db/schema.ts',
  '**/db/tables.ts',
  '**/config/keys/*.ts',
  '**/providers/compatible/*.ts',
  '**/models/overlay.ts',
  '**/models/piece-prices.ts',
]

/** Folders of plug-ins: one file each, as many as there are. */
export const plugInFolders = [
  'packages/sdk/src/types',
  'packages/sdk/src/endpoints',
  'packages/sdk/src/providers/vendors',
  'packages/sdk/src/callbacks/sinks',
  'packages/sdk/src/cache/stores',
  'packages/sdk/src/router/strategies',
  'packages/gateway/src/config/keys',
  'packages/gateway/src/db/migrations',
  'packages/gateway/src/guardrails/builtin',
  'packages/gateway/src/guardrails/vendors',
  'packages/gateway/src/management',
  'packages/gateway/src/secrets',
]

export const forbiddenNames = ['utils', 'util', 'helpers', 'helper', 'common', 'misc', 'shared', 'lib']

/** Source that is shipped: the rules on rooms, environment, sockets, SQL and provider names are about it. */
export const shipped = ['packages/sdk/src/**', 'packages/gateway/src/**']

export const environmentAllowed = ['packages/gateway/src/config/**', 'packages/sdk/src/credentials/env.ts']

export const socketModules = [
  'http',
  'https',
  'http2',
  'net',
  'tls',
  'dgram',
  'node:http',
  'node:https',
  'node:http2',
  'node:net',
  'node:tls',
  'node:dgram',
  'undici',
  'ws',
]
export const socketsAllowed = [
  'packages/sdk/src/transport/**',
  'packages/gateway/src/http/**',
  'packages/gateway/src/server.ts',
]

export const sqlModules = ['kysely', 'pg', 'node:sqlite']
export const sqlAllowed = ['packages/gateway/src/db/**']

export const redisModules = ['@redis/client']
export const redisAllowed = ['packages/gateway/src/redis/**']

/** The registry, whose keys are the names that may appear only in these places. */
export const providerRegistry = 'packages/sdk/src/providers/registry.ts'
export const providerNamesAllowed = [
  'packages/gateway/src/spend/invoices/vendors/**',
  'packages/gateway/src/spend/invoices/invoice-format.ts',
  'packages/sdk/src/providers/**',
  'packages/sdk/src/codecs/**',
  'packages/sdk/src/models/{overlay,piece-prices,price-sources}.ts',
  'packages/sdk/src/callbacks/sinks/**',
  'packages/gateway/src/guardrails/vendors/**',
  'packages/gateway/src/secrets/**',
  'packages/gateway/src/http/**',
]
/** Provider names that are also ordinary words of the code. */
export const ordinaryWords = ['mock', 'empower', 'github', 'meta', 'morph', 'custom', 'inception']
