import { type Answer, type Asker, askers, type Fault, faults } from '../../e2e/failure/faults/fault-table.ts'
import { code, table } from './table.ts'

/** What is answered during each fault; the generated part of docs/reference/failure.md. */
export function failureReference(): string {
  const services = [...new Set(faults.map(({ service }) => service))]
  return services
    .map(
      service => `## ${headings[service]}\n\n${answersOf(faults.filter(each => each.service === service))}`,
    )
    .join('\n\n')
}

const headings: Readonly<Record<Fault['service'], string>> = {
  PostgreSQL: 'PostgreSQL',
  Redis: 'Redis',
  'embedded database': 'The embedded database',
}

function answersOf(rows: readonly Fault[]): string {
  const who = Object.keys(askers) as Asker[]
  return table(
    ['what is wrong', ...who.map(asker => askers[asker]), 'readiness says', 'noticed in', 'over in'],
    rows.map(({ name, answers, says, noticedIn, overIn }) => [
      name,
      ...who.map(asker => answer(answers[asker])),
      `${code(says.status)}, db ${code(says.db)}, “${says.problem}”`,
      `${noticedIn} s`,
      `${overIn} s`,
    ]),
  )
}

function answer({ status, type, seconds }: Answer): string {
  const what = status.join(' or ') + (type === undefined ? '' : ` ${code(type)}`)
  return seconds > 1 ? `${what}, ≤ ${seconds} s` : what
}
