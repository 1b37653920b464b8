import { join } from 'node:path'
import type { Settings } from '../../config/settings.ts'
import type { SnapshotPlace } from './snapshot-file.ts'

/** Where the snapshot lies; undefined with the embedded database, which is as near as the snapshot would be. */
export function snapshotPlace({ database, auth }: Settings): SnapshotPlace | undefined {
  if (database.url === undefined) return undefined
  const { host, pathname, searchParams } = new URL(database.url)
  return {
    path: join(database.dataDirectory, 'keys.snapshot'),
    secret: auth.masterKey ?? '',
    database: `${host}${pathname} ${searchParams.get('schema') ?? ''}`,
  }
}
