import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Heartbeat } from './heartbeat.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

/** A heartbeat of a database that does what it is told. */
function started() {
  const database = { answer: () => Promise.resolve({ readOnly: false }), silences: 0 }
  const heartbeat = new Heartbeat({
    beat: () => database.answer(),
    onSilence: () => void database.silences++,
  })
  heartbeat.start()
  return { database, heartbeat, state: () => heartbeat.condition().state }
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const refuse = () => Promise.reject(new Error('refused'))

test('one refusal is no outage, two in a row are, and the first answer ends it', async () => {
  const { database, state } = started()
  await pass(0)
  database.answer = refuse
  await pass(1_000)
  expect(state()).toBe('connected')
  await pass(250)
  expect(state()).toBe('disconnected')
  database.answer = () => Promise.resolve({ readOnly: false })
  await pass(1_000)
  expect(state()).toBe('connected')
})

test('every second refusal does not make it flap', async () => {
  const { database, state } = started()
  let asked = 0
  database.answer = () => (asked++ % 2 ? refuse() : Promise.resolve({ readOnly: false }))
  const seen = new Set<string>()
  for (let round = 0; round < 40; round++) {
    await pass(250)
    seen.add(state())
  }
  expect([...seen]).toEqual(['connected'])
})

test('a silence is slow after a second and an outage after five, and connections are renewed', async () => {
  const { database, state } = started()
  await pass(0)
  database.answer = () => new Promise(() => {})
  await pass(2_100)
  expect(state()).toBe('slow')
  await pass(4_000)
  expect(state()).toBe('disconnected')
  expect(database.silences).toBe(1)
})

test('answers that take two seconds are slow, and stay so between the questions', async () => {
  const { database, heartbeat, state } = started()
  database.answer = () => new Promise(done => setTimeout(done, 2_000, { readOnly: false }))
  await pass(4_000)
  for (let round = 0; round < 20; round++) {
    await pass(200)
    expect(state()).toBe('slow')
  }
  database.answer = () => Promise.resolve({ readOnly: true })
  await pass(4_000)
  expect(state()).toBe('read-only')
  heartbeat.stop()
})
