import type { RoutingHost } from 'sluice/internal'
import {
  type Fate,
  simulatedTransport,
} from '../../packages/gateway/src/simulate/replay/simulated-transport.ts'
import type { VirtualTime } from '../../packages/gateway/src/simulate/replay/virtual-time.ts'

/** What befalls one of the three deployments a third of the way into a run. */
export type Trouble = 'none' | 'slow' | 'half fails' | 'hangs' | 'refuses'

const USUAL_MS = 100
const SLOWER = 20
const FAILURE_MS = 30

const USAGE = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 }

/** A provider without sockets: answers after a while of virtual time, and the deployment `c` as its trouble has it. */
export function fakeTransport(
  time: VirtualTime,
  random: () => number,
  trouble: () => Trouble,
): RoutingHost['transport'] {
  return simulatedTransport(time, ({ body }): Fate => {
    const sick = String(body).includes('"model":"c"') ? trouble() : 'none'
    const usual = USUAL_MS * (0.7 + 0.6 * random())
    if (sick === 'refuses') return { kind: 'connection', ms: 1 }
    if (sick === 'hangs') return { kind: 'timeout', ms: Number.POSITIVE_INFINITY }
    if (sick === 'half fails' && random() < 0.5) return { kind: 'status', ms: FAILURE_MS, status: 500 }
    const ms = sick === 'slow' ? usual * SLOWER : usual
    return { kind: 'answer', ms, firstMs: ms, usage: USAGE }
  })
}
