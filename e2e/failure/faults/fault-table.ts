/**
 * What the gateway answers while something it needs is away: the table of docs/reference/failure.md, and what the tests
 * beside this file hold it to.
 */

/** Who asks. */
export const askers = {
  known: 'a key this replica knows',
  fresh: 'a good key it has not seen yet',
  strange: 'a key nobody made',
  read: 'reading a key (`/key/info`)',
  write: 'making a key (`/key/generate`)',
  readiness: '`/health/readiness`',
  liveness: '`/health/liveliness`',
} as const
export type Asker = keyof typeof askers

export interface Answer {
  /** More than one where it depends on luck. */
  readonly status: readonly number[]
  /** The error's `type`, where there is one. */
  readonly type?: string
  /** Seconds until it comes, at most. */
  readonly seconds: number
}

export interface Fault {
  readonly service: 'PostgreSQL' | 'Redis' | 'embedded database'
  readonly name: string
  /** What the gateway says of itself. */
  readonly says: { readonly status: string; readonly db: string; readonly problem: string }
  /** Seconds until readiness says so. */
  readonly noticedIn: number
  /** Seconds from the end of the fault until everything is as before. */
  readonly overIn: number
  readonly answers: Readonly<Record<Asker, Answer>>
}

const served: Answer = { status: [200], seconds: 1 }
const unknown: Answer = { status: [401], type: 'token_not_found_in_db', seconds: 1 }
const away: Answer = { status: [503], type: 'no_db_connection', seconds: 1 }
const within = (seconds: number, answer: Answer): Answer => ({ ...answer, seconds })

/** The database answers nothing at all. */
const without: Fault['answers'] = {
  known: served,
  fresh: away,
  strange: away,
  read: away,
  write: away,
  readiness: served,
  liveness: served,
}
const disconnected = {
  status: 'degraded',
  db: 'disconnected',
  problem: 'The database cannot be reached: known keys go on working, spend waits on disk.',
} as const
/** All is as ever. */
const nothing: Fault['answers'] = { ...without, fresh: served, strange: unknown, read: served, write: served }
const alone = (problem: string) => ({ status: 'degraded', db: 'connected', problem }) as const

export const faults: readonly Fault[] = [
  {
    ...{ service: 'PostgreSQL', name: 'down', says: disconnected, noticedIn: 3, overIn: 5 },
    answers: without,
  },
  {
    ...{ service: 'PostgreSQL', name: 'slow (2 s)', noticedIn: 3, overIn: 5 },
    says: { status: 'degraded', db: 'connected', problem: 'The database is slow' },
    answers: {
      ...without,
      fresh: { status: [200, 503], seconds: 15 },
      strange: { status: [401, 503], seconds: 15 },
      read: { status: [200, 503], seconds: 16 },
      write: { status: [200, 503], seconds: 30 },
    },
  },
  {
    ...{ service: 'PostgreSQL', name: 'silent (packets swallowed)', noticedIn: 8, overIn: 8 },
    says: disconnected,
    answers: {
      ...without,
      fresh: within(6, away),
      strange: within(6, away),
      read: within(12, away),
      write: within(12, away),
    },
  },
  {
    ...{ service: 'PostgreSQL', name: 'read-only', noticedIn: 3, overIn: 8 },
    says: {
      status: 'degraded',
      db: 'connected',
      problem: 'The database takes no writes: keys go on working, spend waits on disk.',
    },
    answers: { ...nothing, write: away },
  },
  {
    ...{ service: 'PostgreSQL', name: 'out of connections', says: disconnected, noticedIn: 3, overIn: 5 },
    answers: without,
  },
  {
    ...{ service: 'PostgreSQL', name: 'restarted with new credentials', noticedIn: 3, overIn: 5 },
    says: disconnected,
    answers: without,
  },
  ...(
    [
      ['down', 'Redis cannot be reached', 3],
      ['slow (2 s)', 'Redis does not answer within 100 ms', 8],
      ['silent (packets swallowed)', 'Redis cannot be reached', 10],
      ['a read-only replica', 'READONLY', 5],
      ['out of connections', 'max number of clients', 5],
      ['restarted with a new password', 'WRONGPASS', 5],
    ] as const
  ).map(([name, problem, noticedIn]) => ({
    ...({ service: 'Redis', name, noticedIn, overIn: 15 } as const),
    says: alone(problem),
    answers: nothing,
  })),
  {
    ...{ service: 'embedded database', name: 'locked by another process', noticedIn: 15, overIn: 20 },
    says: { status: 'degraded', db: 'connected', problem: 'The database' },
    answers: {
      ...without,
      fresh: { status: [200, 503], seconds: 6 },
      strange: { status: [401, 503], seconds: 6 },
      read: { status: [200, 503], seconds: 16 },
      write: within(16, away),
    },
  },
  {
    ...{ service: 'embedded database', name: 'its disk is full', noticedIn: 10, overIn: 15 },
    says: { status: 'degraded', db: 'connected', problem: 'The database does not take spend' },
    answers: { ...nothing, write: away },
  },
]

/** The fault of a service with this name. */
export function faultOf(service: Fault['service'], name: string): Fault {
  const fault = faults.find(each => each.service === service && each.name === name)
  if (fault === undefined) throw new Error(`${service} has no fault "${name}"`)
  return fault
}
