import { createCatalogue, type LoadReport } from 'sluice/internal'
import { beforeEach, expect, test } from 'vitest'
import { PriceDesk } from './price-desk.ts'

const HOUR = 3_600_000
const facts = new Map<string, string>()
const store = {
  read: async (name: string) => facts.get(name),
  write: async (name: string, value: string) => void facts.set(name, value),
}
const NONE = { discounts: new Map<string, number>(), margins: new Map() }
const good: LoadReport = { ok: true, source: 'prices.json', models: 3 }
const bad: LoadReport = { ok: false, source: 'prices.json', reason: 'cut off' }

let time = 0
let file: LoadReport | undefined
let reads = 0
beforeEach(() => {
  facts.clear()
  ;[time, file, reads] = [1_000, good, 0]
})

function open(first: LoadReport | undefined = good) {
  const catalogue = createCatalogue()
  const load = async () => {
    reads++
    return file
  }
  const desk = new PriceDesk(
    { catalogue, facts: store, load, configured: () => NONE, now: () => time },
    first,
  )
  return { desk, catalogue }
}

test('a malformed price file is refused by name, and the last good one stays', async () => {
  const { desk } = open()
  file = bad
  await expect(desk.reload()).rejects.toThrow(/last good prices stay: cut off/)
  expect(desk.status).toMatchObject({ last: { ok: false }, good: { ok: true, models: 3 } })
  file = undefined
  await expect(desk.reload()).rejects.toThrow(/No price file is configured/)
})

test('what one replica is told, the others do within a moment', async () => {
  const [one, two] = [open(), open()]
  await two.desk.sync()
  time += 10
  await one.desk.reload()
  await one.desk.setTerms({ discounts: { acme: 0.5 } })
  await two.desk.sync()
  expect(reads).toBe(2)
  expect(two.catalogue.termsOf?.('acme')).toMatchObject({ discount: 0.5 })
  await two.desk.sync()
  expect(reads).toBe(2)
})

test('a schedule reloads when its time has come, until it is ended', async () => {
  const { desk } = open()
  await desk.schedule(2)
  time += 2 * HOUR - 1
  await desk.sync()
  expect(reads).toBe(0)
  time += 1
  await desk.sync()
  await desk.sync()
  expect(reads).toBe(1)
  await desk.schedule(undefined)
  time += 9 * HOUR
  await desk.sync()
  expect(reads).toBe(1)
  expect(desk.status.nextAt).toBeUndefined()
})

test('margins that are taken back are no more', async () => {
  const { desk, catalogue } = open(undefined)
  await desk.setTerms({ margins: { global: { margin: 0.1, marginNanoUsd: 0 } } })
  expect(catalogue.termsOf?.('any')).toMatchObject({ margin: 0.1 })
  await desk.setTerms({ margins: {} })
  expect(catalogue.termsOf).toBeUndefined()
})
