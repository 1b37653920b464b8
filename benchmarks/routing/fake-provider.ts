import { createError, type RoutingHost } from 'sluice/internal'
import type { VirtualClock } from './virtual-time.ts'

type Transport = RoutingHost['transport']

/** What befalls one of the three deployments a third of the way into a run. */
export type Trouble = 'none' | 'slow' | 'half fails' | 'hangs' | 'refuses'

const USUAL_MS = 100
const SLOWER = 20
const FAILURE_MS = 30

const ANSWER = Buffer.from(
  JSON.stringify({
    id: 'r',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
  }),
)
const FAILURE = Buffer.from('{"error":{"message":"out of order","type":"server_error"}}')

/** A provider without sockets: answers after a while of virtual time, and the deployment `c` as its trouble has it. */
export function fakeTransport(clock: VirtualClock, random: () => number, trouble: () => Trouble): Transport {
  return {
    exchange(request, limits) {
      const sick = trouble()
      const isSick = sick !== 'none' && String(request.body).includes('"model":"c"')
      const usual = USUAL_MS * (0.7 + 0.6 * random())
      return new Promise((resolve, reject) => {
        const answer = (ms: number, status: number, body: Buffer) =>
          clock.at(clock.now() + ms, () => resolve({ status, headers: {}, body }))
        const fail = (ms: number, kind: 'timeout' | 'connection') =>
          clock.at(clock.now() + ms, () => reject(createError({ kind, message: kind })))
        const takes = isSick && sick === 'slow' ? usual * SLOWER : usual
        if (isSick && sick === 'refuses') fail(1, 'connection')
        else if ((isSick && sick === 'hangs') || takes > limits.timeoutMs) fail(limits.timeoutMs, 'timeout')
        else if (isSick && sick === 'half fails' && random() < 0.5) answer(FAILURE_MS, 500, FAILURE)
        else answer(takes, 200, ANSWER)
      })
    },
    open: () => Promise.reject(new Error('The simulation has no streams.')),
    close: () => Promise.resolve(),
  }
}
