import type { LiveWeights, Newswire } from 'sluice/internal'
import type { WeightStore } from '../db/routing/weight-store.ts'
import { type Job, type RepeatOptions, repeat } from './repeat.ts'
import { settledWithin } from './settled-within.ts'

export interface WeightsSyncOptions extends Omit<RepeatOptions, 'everyMs' | 'atOnce'> {
  readonly store: Pick<WeightStore, 'all'>
  readonly weights: () => LiveWeights
  readonly news?: Newswire | undefined
  /** Milliseconds; a weight set on another replica holds here within this and one query, with news at once. */
  readonly everyMs?: number
}

export interface WeightsSync extends Job {
  /** Takes over what the database says now. */
  sync(): Promise<void>
  /** The weights in the database changed: takes them over, and tells the other replicas to do so. */
  changed(): Promise<void>
  /** The first look, or that much time without one: calls should not be given away by weights of yesterday. */
  ready(withinMs: number): Promise<void>
}

const TOPIC = 'weights'
/** Whoever joins later reads the database anyway. */
const NEWS_MS = 10_000

/** Keeps this replica's weights as the database has them. While that is away, the last ones stay in force. */
export function startWeightsSync(options: WeightsSyncOptions): WeightsSync {
  const { store, weights, news, everyMs = 2_000, ...rest } = options
  let turn: Promise<void> = Promise.resolve()
  // One after the other: an older reading must never replace a newer one.
  const sync = () => {
    const mine = turn.then(async () => weights().replace(await store.all()))
    turn = mine.catch(() => {})
    return mine
  }
  const job = repeat(sync, { ...rest, everyMs })
  const silence = news?.subscribe(TOPIC, () => {
    sync().catch(options.onError)
  })
  return {
    sync,
    async changed() {
      await sync()
      news?.publish({ topic: TOPIC, key: 'changed', value: {}, ttlMs: NEWS_MS })
    },
    ready: withinMs => settledWithin(sync().catch(options.onError), withinMs),
    stop() {
      silence?.()
      return job.stop()
    },
  }
}
