import type { AccessRule, Reach } from '../../packages/gateway/src/auth/access/access-rule.ts'
import { ACCESS } from '../../packages/gateway/src/auth/access/access-table.ts'
import { code, codes, table } from './table.ts'

const REACHES: readonly Reach[] = ['any', 'organization', 'team', 'member', 'own']

/** The table of access as Markdown, for people; the generated part of docs/reference/access.md. */
export function accessReference(): string {
  const rows = Object.entries(ACCESS).map(([route, rule]) => [
    code(route.replaceAll(/:(\w+)/g, '{$1}')),
    ...REACHES.map(reach => whoOf(rule, reach)),
  ])
  return table(
    ['route', 'all', "their organization's", "their team's, as its admin", 'as a member', 'their own'],
    rows,
  )
}

/** Who comes to an object in this way, and which fields they may send where not all. */
function whoOf(rule: AccessRule, reach: Reach): string {
  if (rule.public) return reach === 'any' ? 'everybody, without a credential' : ''
  const who = rule[reach]
  if (who === undefined) return ''
  const words = who === true ? 'yes' : typeof who === 'string' ? MEMBERS[who] : codes(who)
  const fields = rule.fields?.[reach]
  return fields ? `${words}; only ${codes(fields)}` : words
}

const MEMBERS = { always: 'yes', granted: 'where the team grants it' } as const
