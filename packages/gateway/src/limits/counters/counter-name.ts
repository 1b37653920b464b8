import { createHash } from 'node:crypto'
import type { LimitSubject } from '../limiter.ts'

const LONGEST = 300

type Named = Pick<LimitSubject, 'kind' | 'id' | 'model' | 'window'>

/** The name of a counter in Redis and in the database. A longer one is its digest. */
export function counterName({ kind, id, model, window }: Named): string {
  const name = model === undefined && window === undefined ? id : `${id}\n${model ?? ''}\n${window ?? ''}`
  if (name.length <= LONGEST) return `${kind}:${name}`
  return `${kind}:sha256:${createHash('sha256').update(name).digest('hex')}`
}
