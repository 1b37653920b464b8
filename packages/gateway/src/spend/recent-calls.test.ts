import { expect, test } from 'vitest'
import { RecentCalls } from './recent-calls.ts'
import { callRecord } from './testing/call-record.ts'

test('a call is found by every name it has, of its key alone or of all', () => {
  const calls = new RecentCalls()
  const caller = { keyHash: 'k' }
  calls.onEnd(callRecord('a', { callId: 'mine', traceId: 't', sessionId: 's', caller }))
  calls.onEnd(callRecord('b', { traceId: 't', sessionId: undefined, caller }))
  calls.onEnd(callRecord('c', { caller: undefined, sessionId: 's' }))
  const find = (kind: 'call' | 'trace' | 'session', id: string, key?: string) =>
    calls.find({ kind, id }, key).map(({ requestId }) => requestId)
  expect(find('call', 'a')).toEqual(['a'])
  expect(find('call', 'mine', 'k')).toEqual(['a'])
  expect(find('call', 'mine', 'other')).toEqual([])
  expect(find('trace', 't')).toEqual(['a', 'b'])
  expect(find('session', 't')).toEqual(['b'])
  expect(find('session', 's')).toEqual(['a'])
})

test('the oldest is forgotten at the bound', () => {
  const calls = new RecentCalls()
  for (let index = 0; index < 5_001; index++) calls.onEnd(callRecord(`r${index}`))
  const isKnown = (id: string) => calls.find({ kind: 'call', id }, undefined).length === 1
  expect([isKnown('r0'), isKnown('r1'), isKnown('r5000')]).toEqual([false, true, true])
})
