import { join, resolve } from 'node:path'
import type { Values } from '../keys/row.ts'
import type { spendSink } from '../keys/spend-sinks.ts'
import type { Report } from '../report.ts'
import type { S3Settings, SpendSinkSettings } from '../settings.ts'
import type { MapNode } from '../source/node.ts'
import type { Environment } from '../source/references.ts'
import type { SettingsParts } from './build-settings.ts'
import { defaults } from './defaults.ts'
import { milliseconds } from './units.ts'

type Sink = Values<typeof spendSink.rows>

const NAME = /^[A-Za-z0-9_-]{1,64}$/

/** Where spend rows go besides the database; those that are not whole are left out, and `checkSpendSinks` says why. */
export function buildSpendSinks(
  { file, environment }: Pick<SettingsParts, 'file' | 'environment'>,
  dataDirectory: string,
): readonly SpendSinkSettings[] {
  return (file.spend_sinks ?? []).flatMap((sink): SpendSinkSettings[] => {
    const batchRows = sink.batch_rows ?? defaults.sinkBatchRows
    const name = nameOf(sink)
    if (sink.type === 'clickhouse') {
      if (sink.url === undefined) return []
      return [
        {
          ...{ type: sink.type, name, batchRows, url: sink.url, user: sink.user, password: sink.password },
          flushMs: milliseconds(sink.flush_seconds) ?? defaults.clickHouseFlushMs,
          database: sink.database ?? 'default',
          table: sink.table ?? 'sluice_spend_logs',
          createTable: sink.create_table ?? true,
        },
      ]
    }
    return [
      {
        ...{ type: 'parquet', name, batchRows, s3: s3Of(sink, environment) },
        flushMs: milliseconds(sink.flush_seconds) ?? defaults.parquetFlushMs,
        directory: resolve(sink.directory ?? join(dataDirectory, 'spend-parquet')),
      },
    ]
  })
}

/** Reports sinks that lack what they need, or share a name. */
export function checkSpendSinks({ file, environment }: SettingsParts, root: MapNode, report: Report): void {
  const place = root.entries.get('spend_sinks')?.place
  if (place === undefined) return
  const names = new Set<string>()
  for (const [at, sink] of (file.spend_sinks ?? []).entries()) {
    const key = `spend_sinks[${at}]`
    const name = nameOf(sink)
    if (!NAME.test(name))
      report.problem(
        place,
        `${key}.name`,
        'may hold letters, digits, - and _ only',
        'Write for example name: warehouse.',
      )
    if (names.has(name))
      report.problem(
        place,
        `${key}.name`,
        `'${name}' is the name of another sink`,
        'Give each a name of its own.',
      )
    names.add(name)
    if (sink.type === 'clickhouse' && sink.url === undefined)
      report.problem(place, `${key}.url`, 'is required', 'Add url: https://clickhouse.example:8443.')
    if (sink.s3 !== undefined && s3Of(sink, environment) === undefined)
      report.problem(
        place,
        `${key}.s3`,
        'has no keys',
        'Set access_key_id and secret_access_key, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment.',
      )
  }
}

function nameOf(sink: Sink): string {
  return sink.name ?? sink.type ?? ''
}

function s3Of({ s3 }: Sink, environment: Environment): S3Settings | undefined {
  if (s3?.bucket === undefined) return undefined
  const accessKeyId = s3.access_key_id ?? environment.get('AWS_ACCESS_KEY_ID')
  const secretAccessKey = s3.secret_access_key ?? environment.get('AWS_SECRET_ACCESS_KEY')
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined
  const prefix = s3.prefix ?? ''
  return {
    bucket: s3.bucket,
    region: s3.region ?? environment.get('AWS_REGION') ?? 'us-east-1',
    endpoint: s3.endpoint,
    prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`,
    keys: {
      accessKeyId,
      secretAccessKey,
      sessionToken: s3.session_token ?? (s3.access_key_id ? undefined : environment.get('AWS_SESSION_TOKEN')),
    },
  }
}
