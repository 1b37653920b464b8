import { commandLine, environmentVariables } from './keys/environment-variables.ts'
import type { Row, Section } from './keys/row.ts'
import { sections } from './keys/top-level.ts'

export const REFERENCE_BEGIN = '<!-- keys: written by tools/docs.ts -->'
export const REFERENCE_END = '<!-- end of keys -->'

const EFFECT = { works: 'yes', accepted: 'not yet', unenforced: '**not enforced yet**' } as const

/** Every key of every section as Markdown tables; the generated part of docs/reference/config.md. */
export function configReference(): string {
  return [...sections, environmentVariables, commandLine].map(describeSection).join('\n')
}

/** `page` with the generated part replaced; throws when the markers are missing. */
export function withReference(page: string): string {
  const begin = page.indexOf(REFERENCE_BEGIN)
  const end = page.indexOf(REFERENCE_END)
  if (begin < 0 || end < begin) throw new Error(`the page lacks ${REFERENCE_BEGIN} … ${REFERENCE_END}`)
  return `${page.slice(0, begin + REFERENCE_BEGIN.length)}\n\n${configReference()}\n${page.slice(end)}`
}

function describeSection(section: Section): string {
  const rows = Object.entries(section.rows).map(([name, row]) => describeRow(`\`${name}\``, row))
  const patterns = (section.patterns ?? []).map(({ shown, row }) => describeRow(shown, row))
  const head = ['| key | value | has effect | meaning | setting |', '|---|---|---|---|---|']
  return [`### \`${section.name}\``, '', section.doc, '', ...head, ...rows, ...patterns, ''].join('\n')
}

function describeRow(name: string, row: Row): string {
  const required = row.required ? ' Required.' : ''
  const remedy = row.remedy && row.status !== 'works' ? ` ${row.remedy}` : ''
  const cells = [
    name,
    row.type.name,
    EFFECT[row.status],
    `${row.doc}${required}${remedy}`,
    row.to ? `\`${row.to}\`` : '',
  ]
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
