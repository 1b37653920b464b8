import { lowest } from './lowest.ts'
import type { CreateStrategy } from './strategy.ts'

/** The deployment with the fewest calls under way; a stream is under way until its last byte. */
export const createLeastBusy: CreateStrategy = (_args, { random }) => ({
  comparesAll: true,
  name: 'least-busy',
  pick: candidates => lowest(candidates, ({ load }) => load.inFlight, random),
})
