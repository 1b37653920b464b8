import { describe, expect, test } from 'vitest'
import { type Fate, simulatedTransport } from './simulated-transport.ts'
import { inVirtualTime, type VirtualTime } from './virtual-time.ts'

const START = 1_000_000_000_000
const USAGE = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
const request = { method: 'POST', url: 'http://x', headers: {} } as const

type Limits = Parameters<ReturnType<typeof simulatedTransport>['exchange']>[1]

/** What a request of that fate ends with, and when. */
function ends(fate: Fate, how: 'exchange' | 'open', limits: Partial<Limits> = {}): Promise<[string, number]> {
  return inVirtualTime(START, time => {
    const transport = simulatedTransport(time, () => fate)
    return time.until(ending(time, transport, how, { timeoutMs: 10_000, maxBytes: 1e6, ...limits }))
  })
}

async function ending(
  time: VirtualTime,
  transport: ReturnType<typeof simulatedTransport>,
  how: 'exchange' | 'open',
  limits: Limits,
): Promise<[string, number]> {
  const told = async () => {
    if (how === 'exchange') return String((await transport.exchange(request, limits)).status)
    const reply = await transport.open(request, limits)
    if (reply.status >= 400) return String(reply.status)
    let pieces = 0
    await reply.pump(() => void pieces++)
    return `${pieces} pieces`
  }
  const text = await told().catch((error: { kind: string }) => error.kind)
  return [text, time.now() - START]
}

const answer: Fate = { kind: 'answer', ms: 900, firstMs: 200, usage: USAGE }

describe('a request', () => {
  test.each<[string, Fate, 'exchange' | 'open', Partial<Limits>, [string, number]]>([
    ['is answered', answer, 'exchange', {}, ['200', 900]],
    ['is streamed', answer, 'open', {}, ['2 pieces', 900]],
    ['is refused', { kind: 'status', status: 503, ms: 40 }, 'exchange', {}, ['503', 40]],
    ['is refused before it streams', { kind: 'status', status: 429, ms: 40 }, 'open', {}, ['429', 40]],
    ['finds nobody', { kind: 'connection', ms: 3 }, 'exchange', {}, ['connection', 3]],
    ['breaks off', { kind: 'broken', ms: 500, firstMs: 100 }, 'open', {}, ['connection', 500]],
    ['breaks off unstreamed', { kind: 'broken', ms: 500, firstMs: 100 }, 'exchange', {}, ['connection', 500]],
    ['is too slow', answer, 'exchange', { timeoutMs: 500 }, ['timeout', 500]],
    ['begins too late', answer, 'open', { headTimeoutMs: 150 }, ['timeout', 150]],
    [
      'begins in time and ends too late',
      answer,
      'open',
      { headTimeoutMs: 300, timeoutMs: 500 },
      ['timeout', 500],
    ],
    ['hears nothing', { kind: 'timeout', ms: Number.POSITIVE_INFINITY }, 'exchange', {}, ['timeout', 10_000]],
    [
      'hears nothing for as long as it was in the log',
      { kind: 'timeout', ms: 2_000 },
      'open',
      {},
      ['timeout', 2_000],
    ],
  ])('%s', async (_, fate, how, limits, expected) => {
    expect(await ends(fate, how, limits)).toEqual(expected)
  })

  test.each(['exchange', 'open'] as const)('is given up by its caller: %s', async how => {
    const ended = inVirtualTime(START, time => {
      const control = new AbortController()
      time.at(START + 300, () => control.abort())
      const transport = simulatedTransport(time, () => answer)
      return time.until(
        ending(time, transport, how, { timeoutMs: 10_000, maxBytes: 1e6, signal: control.signal }),
      )
    })
    expect(await ended).toEqual(['aborted', 300])
  })
})
