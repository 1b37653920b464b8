import type { cacheKwargs } from '../keys/redis.ts'
import type { Values } from '../keys/row.ts'
import type { RedisSettings } from '../redis-settings.ts'
import type { Report } from '../report.ts'
import type { SettingsParts } from './build-settings.ts'
import { defaults } from './defaults.ts'

type Source = Values<typeof cacheKwargs.rows>

/**
 * The Redis that the file asks for: `router_settings` over `cache_params`. The environment fills in what they leave
 * open, and is not enough by itself. Of one source, nodes win over an address, an address over a host.
 */
export function buildRedis(parts: SettingsParts): RedisSettings | undefined {
  const asked = [routerSource(parts), cacheSource(parts)].filter(source => source !== undefined)
  const source = asked.find(hasPlace) ?? asked[0]
  if (source === undefined) return undefined
  const around = environmentSource(parts)
  const all = { ...(hasPlace(source) ? withoutPlace(around) : around), ...source }
  const place = placeOf(all)
  if (place === undefined) return undefined
  const url = place.kind === 'single' ? all.url : undefined
  const { username, password, db } = url
    ? { ...source, ...defined<Source>({ ...url, db: url.database }) }
    : all
  const isSecure = url?.tls || all.ssl
  return {
    ...place,
    service: all.service_name,
    sentinelPassword: all.sentinel_password,
    username,
    password,
    database: db ?? 0,
    tls: isSecure
      ? { verify: all.ssl_cert_reqs ?? true, checkHostname: all.ssl_check_hostname ?? true }
      : undefined,
    namespace:
      asked.find(({ namespace }) => namespace)?.namespace ?? all.namespace ?? defaults.redisNamespace,
    timeoutMs: all.socket_timeout ? Math.round(all.socket_timeout * 1000) : defaults.redisTimeoutMs,
  }
}

/** What an operator may take for sharing, and is none. */
export function warnOfRedis(parts: SettingsParts, report: Report): void {
  const isAsked = routerSource(parts) !== undefined || cacheSource(parts) !== undefined
  const place = { file: isAsked ? (parts.source ?? 'config') : 'environment', line: 0, column: 0 }
  if (isAsked) {
    const remedy = 'Set REDIS_URL, or redis_host in router_settings.'
    report.warn(place, '', 'Redis is asked for, and its address is not known: replicas share nothing', remedy)
  } else if (hasPlace(environmentSource(parts))) {
    const remedy =
      'Write redis_url: os.environ/REDIS_URL into router_settings, or cache: true into litellm_settings.'
    report.warn(place, '', 'REDIS_* is set, and nothing in the file asks for Redis: it is not used', remedy)
  }
}

function routerSource({ file }: SettingsParts): Source | undefined {
  const { redis_host, redis_port, redis_password, redis_db, redis_url, redis_namespace, cache_kwargs } =
    file.router_settings ?? {}
  const { startup_nodes, ...kwargs } = cache_kwargs ?? {}
  const source = defined<Source>({
    host: redis_host,
    port: redis_port,
    password: redis_password,
    db: redis_db,
    url: redis_url,
    namespace: redis_namespace,
    redis_startup_nodes: startup_nodes,
    ...kwargs,
  })
  return Object.keys(source).length > 0 ? source : undefined
}

function cacheSource({ file }: SettingsParts): Source | undefined {
  const { cache, cache_params: params } = file.litellm_settings ?? {}
  const { type, ...rest } = params ?? {}
  const isAsked = type?.startsWith('redis') || (cache && type === undefined)
  return isAsked && cache !== false ? defined<Source>(rest) : undefined
}

function environmentSource({ variables }: SettingsParts): Source {
  return defined<Source>({
    url: variables.REDIS_URL,
    host: variables.REDIS_HOST,
    port: variables.REDIS_PORT,
    username: variables.REDIS_USERNAME,
    password: variables.REDIS_PASSWORD,
    db: variables.REDIS_DB,
    ssl: variables.REDIS_SSL,
    ssl_cert_reqs: variables.REDIS_SSL_CERT_REQS,
    ssl_check_hostname: variables.REDIS_SSL_CHECK_HOSTNAME,
    redis_startup_nodes: variables.REDIS_CLUSTER_NODES,
    sentinel_nodes: variables.REDIS_SENTINEL_NODES,
    service_name: variables.REDIS_SERVICE_NAME,
    sentinel_password: variables.REDIS_SENTINEL_PASSWORD,
    namespace: variables.REDIS_NAMESPACE,
    socket_timeout: variables.REDIS_SOCKET_TIMEOUT,
  })
}

function placeOf({ url, host, port, redis_startup_nodes: nodes, sentinel_nodes: sentinels }: Source) {
  if (nodes) return { kind: 'cluster', nodes } as const
  if (sentinels) return { kind: 'sentinel', nodes: sentinels } as const
  if (url) return { kind: 'single', nodes: [{ host: url.host, port: url.port }] } as const
  return host ? ({ kind: 'single', nodes: [{ host, port: port ?? 6379 }] } as const) : undefined
}

function hasPlace(source: Source): boolean {
  return placeOf(source) !== undefined
}

function withoutPlace(source: Source): Source {
  const { url: _url, host: _host, redis_startup_nodes: _nodes, sentinel_nodes: _sentinels, ...rest } = source
  return rest
}

function defined<T extends object>(values: { readonly [K in keyof T]?: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T
}
