import { stripVTControlCharacters } from 'node:util'
import type { Column, Figures, SimulationReport } from './report.ts'

/** How words are set apart on a terminal; the same words where there are no colours. */
export interface Paint {
  bold(text: string): string
  dim(text: string): string
  green(text: string): string
  red(text: string): string
}

type Read = (figures: Figures) => number | null | undefined

interface Line {
  readonly name: string
  readonly read: Read
  readonly write: (value: number) => string
  /** Whether more of it is better, worse, or neither. */
  readonly more?: 'better' | 'worse'
}

const LINES: readonly Line[] = [
  { name: 'calls', read: ({ calls }) => calls, write: whole },
  { name: 'answered', read: ({ success_rate }) => success_rate, write: share, more: 'better' },
  { name: 'cost', read: ({ cost_usd }) => cost_usd, write: dollars, more: 'worse' },
  {
    name: '  per answer',
    read: ({ cost_per_answer_usd }) => cost_per_answer_usd,
    write: fractions,
    more: 'worse',
  },
  {
    name: '  of unused attempts',
    read: ({ wasted_cost_usd }) => wasted_cost_usd,
    write: dollars,
    more: 'worse',
  },
  { name: 'latency p50', read: ({ latency_ms }) => latency_ms?.p50, write: milliseconds, more: 'worse' },
  { name: '        p95', read: ({ latency_ms }) => latency_ms?.p95, write: milliseconds, more: 'worse' },
  { name: '        p99', read: ({ latency_ms }) => latency_ms?.p99, write: milliseconds, more: 'worse' },
  {
    name: 'first token p50',
    read: ({ first_token_ms }) => first_token_ms?.p50,
    write: milliseconds,
    more: 'worse',
  },
  {
    name: '            p99',
    read: ({ first_token_ms }) => first_token_ms?.p99,
    write: milliseconds,
    more: 'worse',
  },
  { name: 'attempts per call', read: ({ attempts_per_call }) => attempts_per_call, write: ratio },
  { name: 'calls with a fallback', read: ({ calls_with_fallback }) => calls_with_fallback, write: whole },
  { name: 'rate-limited', read: ({ rate_limited }) => rate_limited, write: whole, more: 'worse' },
  { name: 'price unknown', read: ({ unknown_cost_calls }) => unknown_cost_calls, write: whole },
]

/** Of groups and deployments the busiest are shown. */
const MOST_SHOWN = 20

/** The report for people: recorded, simulated, and the difference between what can be compared best. */
export function textReport(report: SimulationReport, paint: Paint): string {
  const { log, recorded, baseline, simulated } = report
  const columns = [recorded, ...(baseline ? [baseline] : []), simulated]
  const out = [
    `${whole(log.calls)} calls from ${minute(log.from)} to ${minute(log.to)} (UTC), replayed with seed ${report.seed}`,
    '',
    ...table(columns, paint),
    ...groupLines(columns, paint),
    ...deploymentLines(columns, paint),
    ...failureLines(columns, paint),
  ]
  if (log.unreadable > 0) {
    out.push('', paint.bold('Rows that could not be read'))
    for (const { line, problem } of log.problems) out.push(`  line ${line}: ${harmless(problem)}`)
    if (log.unreadable > log.problems.length)
      out.push(`  and ${whole(log.unreadable - log.problems.length)} more`)
  }
  if (report.assumptions.length > 0) {
    out.push('', paint.bold('Assumed'))
    for (const assumption of report.assumptions) out.push(`  - ${harmless(assumption)}`)
  }
  out.push('', paint.bold('Not modelled'))
  for (const thing of report.not_modelled) out.push(`  - ${thing}`)
  if (baseline === undefined) {
    out.push(
      '',
      paint.dim(
        'With --baseline <the configuration in force> what the model gets wrong is wrong on both sides.',
      ),
    )
  }
  return `${out.join('\n')}\n`
}

function table(columns: readonly Column[], paint: Paint): string[] {
  const rows = LINES.flatMap(line => {
    const values = columns.map(({ total }) => line.read(total) ?? undefined)
    const isMute =
      values.every(value => value === undefined) || (line.name === 'price unknown' && !values.some(Boolean))
    return isMute
      ? []
      : [
          [
            line.name,
            ...values.map(value => (value === undefined ? '–' : line.write(value))),
            change(line, values, paint),
          ],
        ]
  })
  return aligned([['', ...columns.map(({ name }) => name), 'difference'], ...rows], paint)
}

/** The last column against the one before it: a simulation against a simulation, where there are two. */
function change({ write, more }: Line, values: readonly (number | undefined)[], paint: Paint): string {
  const [before, after] = values.slice(-2)
  if (before === undefined || after === undefined) return ''
  const difference = after - before
  const written = write(Math.abs(difference))
  if (written === write(0)) return '='
  const part =
    write === share || before === 0
      ? ''
      : ` (${difference > 0 ? '+' : '−'}${percent(Math.abs(difference / before))})`
  const text = `${difference > 0 ? '+' : '−'}${write === share ? written.replace('%', 'points') : written}${part}`
  if (more === undefined) return text
  return difference > 0 === (more === 'better') ? paint.green(text) : paint.red(text)
}

function groupLines(columns: readonly Column[], paint: Paint): string[] {
  const names = busiest(
    columns,
    ({ groups }, name) => groups[name]?.calls,
    columns.flatMap(({ groups }) => Object.keys(groups)),
  )
  if (names.length < 2) return []
  const rows = names.map(name => [
    harmless(name),
    ...columns.map(({ groups }) => {
      const figures = groups[name]
      if (figures === undefined) return '–'
      const p99 = figures.latency_ms ? milliseconds(figures.latency_ms.p99) : '–'
      return `${share(figures.success_rate)} ${dollars(figures.cost_usd)} ${p99}`
    }),
  ])
  return [
    '',
    ...aligned([['by model: answered, cost, p99', ...columns.map(({ name }) => name)], ...rows], paint),
  ]
}

function deploymentLines(columns: readonly Column[], paint: Paint): string[] {
  const names = busiest(
    columns,
    ({ deployments }, name) => deployments[name],
    columns.flatMap(({ deployments }) => Object.keys(deployments)),
  )
  if (names.length === 0) return []
  const rows = names.map(name => [
    harmless(name),
    ...columns.map(({ deployments, total }) => share((deployments[name] ?? 0) / Math.max(1, total.answered))),
  ])
  return [
    '',
    ...aligned([['by deployment: share of answers', ...columns.map(({ name }) => name)], ...rows], paint),
  ]
}

function failureLines(columns: readonly Column[], paint: Paint): string[] {
  const names = busiest(
    columns,
    ({ failures }, name) => failures[name],
    columns.flatMap(({ failures }) => Object.keys(failures)),
  )
  if (names.length === 0) return []
  const rows = names.map(name => [
    harmless(name),
    ...columns.map(({ failures }) => whole(failures[name] ?? 0)),
  ])
  return ['', ...aligned([['failures', ...columns.map(({ name }) => name)], ...rows], paint)]
}

function busiest(
  columns: readonly Column[],
  countOf: (column: Column, name: string) => number | undefined,
  names: readonly string[],
): string[] {
  const most = (name: string) => Math.max(...columns.map(column => countOf(column, name) ?? 0))
  return [...new Set(names)].sort((a, b) => most(b) - most(a)).slice(0, MOST_SHOWN)
}

/** The first column to the left, the others to the right; the first row is the head. */
function aligned(rows: readonly (readonly string[])[], paint: Paint): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map(row => stripVTControlCharacters(row[column] ?? '').length)),
  )
  return rows.map((row, index) => {
    const cells = row.map((cell, column) => {
      const space = ' '.repeat((widths[column] ?? 0) - stripVTControlCharacters(cell).length)
      return column === 0 ? cell + space : space + cell
    })
    const line = cells.join('   ').trimEnd()
    return index === 0 ? paint.bold(line) : line
  })
}

/** Names come from a log, and so from clients: none of them may steer the terminal. */
function harmless(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\uFFFD')
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en')
}

function share(value: number): string {
  return `${(value * 100).toFixed(2)} %`
}

function percent(value: number): string {
  return `${(value * 100).toFixed(1)} %`
}

function dollars(value: number): string {
  return `$${value >= 1 ? value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 }) : value.toFixed(4)}`
}

function fractions(value: number): string {
  return `$${value.toFixed(6)}`
}

function milliseconds(value: number): string {
  return value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(2)} s`
}

function ratio(value: number): string {
  return value.toFixed(3)
}

function minute(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ')
}
