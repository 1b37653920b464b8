import { describe, expect, test } from 'vitest'
import { Affinities } from '../affinity/affinities.ts'
import { Budgets } from '../budgets/budgets.ts'
import { candidatesOf } from '../testing/candidates.ts'
import { LocalWire } from '../testing/local-wire.ts'
import type { Newswire } from './newswire.ts'

const now = () => 1_000_000

/** A wire of which is known how many listen. */
function counted(wire: LocalWire): { news: Newswire; listeners(): number } {
  const news = wire.join()
  let count = 0
  return {
    news: {
      publish: told => news.publish(told),
      subscribe(topic, listener) {
        count++
        const stop = news.subscribe(topic, listener)
        return () => {
          count--
          stop()
        }
      },
    },
    listeners: () => count,
  }
}

describe('a newswire that a reload brings', () => {
  test('tells budgets what others spend, once for however many reloads', () => {
    const wire = new LocalWire(now)
    const { news, listeners } = counted(wire)
    const deployments = candidatesOf({ maxBudget: 1 }).map(({ deployment }) => deployment)
    const alone = new Budgets(deployments, {}, { now }, undefined)
    const joined = new Budgets(deployments, {}, { now, news }, alone)
    const value = { kind: 'deployment', id: 'a', resetAt: 0, replica: 'other', nanoUsd: 7 }
    wire.join().publish({ topic: 'spend', key: 'other:deployment:0:a', value, ttlMs: 1_000 })
    expect(joined.reports()).toMatchObject([{ id: 'a', spentNanoUsd: 7 }])
    const same = new Budgets(deployments, {}, { now, news }, joined)
    expect(listeners()).toBe(1)
    // Budgets that come back hear again what still holds.
    const without = new Budgets([], {}, { now, news }, same)
    expect(listeners()).toBe(0)
    const again = new Budgets(deployments, {}, { now, news }, without)
    expect(again.reports()).toMatchObject([{ id: 'a', spentNanoUsd: 7 }])
    expect(listeners()).toBe(1)
  })

  test('tells affinities where others went, once for however many reloads', () => {
    const wire = new LocalWire(now)
    const { news, listeners } = counted(wire)
    const settings = { affinity: ['session'] } as const
    const alone = new Affinities(settings, undefined, now, undefined)
    const joined = new Affinities(settings, news, now, alone)
    const again = new Affinities(settings, news, now, joined)
    wire.join().publish({ topic: 'affinity', key: 'session:x', value: { deployment: 'a' }, ttlMs: 1_000 })
    expect(again.of('g')[0]?.memory.find('x', now())).toEqual(['a'])
    expect(listeners()).toBe(1)
  })
})
