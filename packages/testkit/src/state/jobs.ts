import type { Control } from '../delivery/control.ts'
import type { JsonObject } from '../json.ts'
import { Failure } from '../wire/failure.ts'
import { BoundedMap } from './bounded-map.ts'

/** Work that a client polls for. */
export interface Job {
  readonly id: string
  readonly model: string
  /** The request that started it. */
  readonly input: JsonObject
  readonly state: 'running' | 'done' | 'failed' | 'cancelled'
  /** How often it was polled. */
  readonly polls: number
  /** Why it failed. */
  readonly error?: string | undefined
}

/** What a script wants of a job. */
export interface JobScript {
  /** How many polls answer "still running"; default 1. */
  readonly runningPolls?: number
  /** Fails with this message instead of ending well. */
  readonly error?: string
}

interface Entry {
  job: Job
  readonly runningPolls: number
  readonly error: string | undefined
}

/** The jobs of one wire, the last 1,000. */
export class Jobs {
  readonly #entries = new BoundedMap<string, Entry>()

  /** Starts a job; `control.job` of the request that starts it says how it goes on. */
  start(facts: Pick<Job, 'id' | 'model' | 'input'>, { job: script = {} }: Control): Job {
    const job: Job = { ...facts, state: 'running', polls: 0 }
    this.#entries.set(job.id, { job, runningPolls: script.runningPolls ?? 1, error: script.error })
    return job
  }

  /** The job after one more poll. Throws `Failure` when there is none. */
  poll(id: string): Job {
    const entry = this.#entry(id)
    const polls = entry.job.polls + 1
    const isOver = entry.job.state === 'running' && polls > entry.runningPolls
    entry.job = { ...entry.job, polls, ...(isOver && outcomeOf(entry)) }
    return entry.job
  }

  /** The job as it is, not polled. Throws `Failure` when there is none. */
  find(id: string): Job {
    return this.#entry(id).job
  }

  cancel(id: string): Job {
    const entry = this.#entry(id)
    if (entry.job.state === 'running') entry.job = { ...entry.job, state: 'cancelled' }
    return entry.job
  }

  remove(id: string): Job {
    const { job } = this.#entry(id)
    this.#entries.delete(id)
    return job
  }

  /** Oldest first. */
  list(): Job[] {
    return [...this.#entries.values()].map(entry => entry.job)
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id)
    if (!entry) throw new Failure('not-found', { message: `There is no job '${id}'.` })
    return entry
  }
}

function outcomeOf({ error }: Entry): Pick<Job, 'state' | 'error'> {
  return error === undefined ? { state: 'done' } : { state: 'failed', error }
}
