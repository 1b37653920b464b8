import { createError } from 'sluice/internal'

export interface PostgresAddress {
  /** What the driver gets; without the parameters that only Prisma knows. */
  readonly url: string
  /** Prisma's `?schema=`: the tables live there. */
  readonly schema: string | undefined
  /** Prisma's `?pgbouncer=true`: a pooler sits between, which refuses session settings in the start-up packet. */
  readonly pooled: boolean
}

const PRISMA_ONLY = ['schema', 'pgbouncer', 'connection_limit', 'pool_timeout', 'statement_cache_size']

/** True for `postgresql://` and `postgres://`. */
export function isPostgresUrl(url: string): boolean {
  return url.startsWith('postgresql://') || url.startsWith('postgres://')
}

/**
 * Reads a database URL as LiteLLM users have it, with Prisma's parameters.
 * Throws `BadRequestError` naming the rule, never the URL: it holds a password.
 */
export function parsePostgresUrl(url: string): PostgresAddress {
  const parsed = URL.parse(url)
  if (parsed === null || !isPostgresUrl(url)) {
    throw createError({
      kind: 'bad_request',
      param: 'database_url',
      message:
        'database_url is not a valid PostgreSQL URL. Write postgresql://user:password@host:5432/database, with special characters of the password percent-encoded.',
    })
  }
  const schema = parsed.searchParams.get('schema') ?? undefined
  if (schema !== undefined && !isPlainName(schema)) {
    throw createError({
      kind: 'bad_request',
      param: 'database_url',
      message: 'The schema in database_url may hold only letters, digits and underscores. Rename the schema.',
    })
  }
  const pooled = parsed.searchParams.get('pgbouncer') === 'true'
  for (const name of PRISMA_ONLY) parsed.searchParams.delete(name)
  return { url: parsed.href, schema, pooled }
}

function isPlainName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(name)
}
