import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { candidacyOf, deploymentLine, simulated, spendRow, trafficOf } from '../testing/spend-rows.ts'
import { LatencyHistogram } from './latency-histogram.ts'
import { type Paint, textReport } from './text-report.ts'

const plain: Paint = { bold: text => text, dim: text => text, green: text => text, red: text => text }

test('percentiles are right within one part in a hundred', () => {
  const histogram = new LatencyHistogram()
  for (let ms = 1; ms <= 10_000; ms++) histogram.add(ms)
  for (const share of [0.1, 0.5, 0.95, 0.99, 1]) {
    const read = histogram.percentile(share) ?? 0
    expect(Math.abs(read / (share * 10_000) - 1)).toBeLessThan(0.01)
  }
  expect(new LatencyHistogram().percentile(0.5)).toBeUndefined()
})

const rows = [
  ...trafficOf({ calls: 99, ids: ['a', 'b'], of: id => ({ ms: id === 'b' ? 2_000 : 500 }) }),
  spendRow({ at: 9_950, status: 500, id: 'b' }),
  { startTime: 'never' },
]
const lines = ['a', 'b'].map(id => deploymentLine(id))
const report = async () =>
  simulated(
    rows,
    await candidacyOf(
      ['a', 'b'].map(id => deploymentLine(id, { output: 5 })),
      { num_retries: 2 },
    ),
    await candidacyOf(lines, { num_retries: 0 }, 'old.yaml'),
  )

test('the report for people: columns in line, differences with their sign, what was assumed and what is left out', async () => {
  const text = textReport(await report(), plain)
  const [first, , head, ...rest] = text.split('\n')
  expect(first).toBe('100 calls from 2026-11-21 08:00 to 2026-11-21 08:00 (UTC), replayed with seed 1')
  expect(head).toMatch(/^ +recorded +old\.yaml +new\.yaml +difference$/)
  expect(rest.find(line => line.startsWith('answered'))).toMatch(/99\.00 % .* 100\.00 % +\+[12]\.00 points$/)
  expect(rest.find(line => line.startsWith('cost'))).toMatch(
    /\$0\.4455 +\$0\.4\d+ +\$0\.3500 +−\$0\.0\d+ \(−2\d\.\d %\)$/,
  )
  const table = rest.slice(0, rest.indexOf(''))
  for (const line of table) expect(line.length).toBeLessThanOrEqual(head?.length ?? 0)
  expect(text).toContain('  line 101: startTime is no time: "never"')
  expect(text).toContain('Not modelled\n  - what answers say')
})

test('colours are in the words only, and take no room', async () => {
  const coloured: Paint = {
    ...plain,
    green: text => `\u001b[32m${text}\u001b[39m`,
    red: text => `\u001b[31m${text}\u001b[39m`,
  }
  const given = await report()
  const text = textReport(given, coloured)
  expect(text).toContain('\u001b[32m−$0.')
  expect(stripVTControlCharacters(text)).toBe(textReport(given, plain))
})

test('one configuration alone is compared with what was recorded, and the report advises a baseline', async () => {
  const text = textReport(await simulated(rows, await candidacyOf(lines)), plain)
  expect(text).toMatch(/^ +recorded +new\.yaml +difference$/m)
  expect(text).toContain('With --baseline')
})

test('a name that a client made up does not reach the terminal as it is', async () => {
  const odd = spendRow({ group: '\u001b[2J\u202Eevil\n__proto__' })
  const given = await simulated([odd, spendRow({ group: '__proto__' })], await candidacyOf(lines))
  const text = textReport(given, plain)
  expect(text).toContain('\uFFFD[2J\uFFFDevil\uFFFD__proto__')
  expect(text).not.toContain('\u001b')
  expect(Object.keys(given.recorded.groups)).toContain('__proto__')
})
