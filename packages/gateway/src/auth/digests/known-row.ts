import { Place } from '../../limits/bounded-map.ts'

/** A row in memory: when it was read, and when what it spent is to be read again; milliseconds. */
export class KnownRow<R> extends Place<R> {
  readAt = 0
  refreshAt = 0
}
