import { randomBytes } from 'node:crypto'
import fastify, { type FastifyInstance, type InjectOptions } from 'fastify'
import { SluiceError } from 'sluice/internal'
import { AccessGroupBook } from '../../auth/access-groups/access-group-book.ts'
import { AccountCache } from '../../auth/account-cache.ts'
import { createAuthenticator } from '../../auth/authenticate.ts'
import { createKeyCache, type KeyCache } from '../../auth/key-cache.ts'
import type { KeySettings, Settings } from '../../config/settings.ts'
import type { Database } from '../../db/database.ts'
import { silentLog } from '../../db/log.ts'
import { createMemoryLimiter, type MemoryLimiter } from '../../limits/memory-limiter.ts'
import { createAudit } from '../audit/audit-log.ts'
import { registerAuditRoutes } from '../audit/audit-routes.ts'
import { registerInvoiceRoutes } from '../invoices/invoice-routes.ts'
import { registerKeyRoutes } from '../keys/key-routes.ts'
import { registerOrganizationRoutes } from '../organizations/organizations.ts'
import { registerProjectRoutes } from '../projects/projects.ts'
import { registerSpendRoutes } from '../spend/spend-routes.ts'
import { registerTeamRoutes } from '../teams/teams.ts'

export const MASTER_KEY = 'sk-test-master-key'
export const NOW = Date.parse('2026-11-21T12:00:00Z')

/** The management routes over a real database, with a clock of its own; for tests. */
export interface TestOffice {
  readonly app: FastifyInstance
  readonly keys: KeyCache
  readonly limiter: MemoryLimiter
  readonly clock: { time: number }
  authenticate(key: string): Promise<unknown>
  /** Calls with a key, the master key unless stated; null sends none. */
  call(method: TestMethod, url: string, body?: unknown, key?: string | null): Promise<TestAnswer>
}

type TestMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface TestAnswer {
  readonly status: number
  readonly json: Readonly<Record<string, unknown>>
  /** The answer read as a list. */
  readonly list: readonly Readonly<Record<string, unknown>>[]
  /** The key it shows, or an empty text. */
  readonly key: string
  readonly error: { readonly message?: string; readonly type?: string; readonly param?: string | null }
}

/** What new keys are like where nothing is configured. */
function keySettings(rules: Partial<KeySettings>): KeySettings {
  return {
    defaults: {},
    upperBounds: {},
    personalKeys: undefined,
    teamKeys: undefined,
    isDefaultTeamDisabled: false,
    checksAliases: false,
    enforcedParams: [],
    serviceAccountParams: [],
    rotation: { isOn: false, checkMs: 60_000, grace: undefined, webhook: undefined },
    ...rules,
  }
}

/** `rules`: what is configured about keys. */
export async function openTestOffice(
  database: Database,
  rules: Partial<KeySettings> = {},
): Promise<TestOffice> {
  const clock = { time: NOW }
  const now = () => clock.time
  const settings = {
    auth: { masterKey: MASTER_KEY, maxKeyStalenessMs: 60_000 },
    deployments: [],
    router: { groupAliases: new Map() },
    limits: { timezone: 'UTC' },
    teams: { defaults: { tpm_limit: 9_000 }, available: ['open'] },
    keys: keySettings(rules),
  } as unknown as Settings
  const keys = createKeyCache({ store: database.keys, now, maxStalenessMs: () => 60_000 })
  const accounts = new AccountCache({ store: database.accounts, now, maxStalenessMs: () => 60_000 })
  const limiter = createMemoryLimiter({ now })
  const authenticator = createAuthenticator({ settings: () => settings, keys, accounts, now })
  const audit = createAudit({ database, log: silentLog, isOn: () => true, now })
  const app = fastify()
  app.setSerializerCompiler(() => data => JSON.stringify(data))
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof SluiceError)) return reply.status(500).send({ error: { message: String(error) } })
    const { message, type, param, status } = error
    return reply.status(status).send({ error: { message, type, param: param ?? null, code: String(status) } })
  })
  const services = {
    settings: () => settings,
    authenticator,
    accessGroups: new AccessGroupBook(database.accessGroups),
    database,
    audit,
    keys,
    accounts,
    limiter,
    now,
    randomBytes,
  }
  await app.register(registerKeyRoutes, services)
  await app.register(registerTeamRoutes, services)
  await app.register(registerOrganizationRoutes, services)
  await app.register(registerProjectRoutes, services)
  await app.register(registerSpendRoutes, services)
  await app.register(registerAuditRoutes, services)
  await app.register(registerInvoiceRoutes, services)
  await app.ready()
  return {
    app,
    keys,
    limiter,
    clock,
    authenticate: async key => await authenticator.authenticate(key),
    async call(method, url, body, key = MASTER_KEY) {
      const options: InjectOptions = { method, url }
      if (body !== undefined) options.payload = body as object
      if (key !== null) options.headers = { authorization: `Bearer ${key}` }
      const response = await app.inject(options)
      const json = response.json<TestAnswer['json'] & Partial<Pick<TestAnswer, 'key' | 'error'>>>()
      const list = Array.isArray(json) ? json : []
      return { status: response.statusCode, json, list, key: String(json.key ?? ''), error: json.error ?? {} }
    },
  }
}
