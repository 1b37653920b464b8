import type { MigrationReport } from './migrate-litellm.ts'

/** What each table that stays behind is about, where it is worth a word. */
const WHY: Readonly<Record<string, string>> = {
  SpendLogs: 'single calls stay there by --spend-logs none; their sums by day are copied',
  ErrorLogs: 'single failures stay there',
  AuditLog: "LiteLLM's own log of changes; the chain here begins anew",
  CredentialsTable: 'encrypted; set them again with /credentials or in the configuration',
  Config: 'settings written by the dashboard; put them into the configuration file',
  DeletedVerificationToken: 'history of removed keys stays there',
  DeletedTeamTable: 'history of removed teams stays there',
  CronJob: 'bookkeeping of its own',
  HealthCheckTable: 'findings of the past',
  ObjectPermissionTable: 'permissions for MCP servers, agents and vector stores, which are not here yet',
  MCPServerTable: 'MCP servers are not here yet',
  GuardrailsTable: 'guardrails are not here yet',
  PromptTable: 'prompts are not here yet',
  AgentsTable: 'agents are not here yet',
}

interface Paint {
  bold(text: string): string
  dim(text: string): string
  yellow(text: string): string
}

/** The report for people. */
export function reportText(report: MigrationReport, paint: Paint): string {
  return [
    paint.bold(report.isDry ? 'What would be copied' : 'What was copied'),
    ...report.tables.map(
      ({ table, rows, created, changed, same }) =>
        `  ${table.padEnd(30)} ${rows} rows: ${created} new, ${changed} changed, ${same} as before`,
    ),
    ...report.days.map(({ table, rows }) => `  ${table.padEnd(30)} ${rows} sums of days`),
    ...modelLines(report),
    ...section(
      paint.bold('What has no counterpart'),
      report.leftTables.map(({ table, rows }) => `${table}: ${rows} rows${why(table)}`),
      report.leftColumns.map(({ table, column, rows }) => `${table}.${column}: in ${rows} rows`),
    ),
    ...section(
      paint.yellow('What could not be copied as it is'),
      report.problems.map(({ table, problem, rows }) => `${table}: ${problem} (${rows}×)`),
    ),
    ...section(
      paint.dim('Tables that this LiteLLM does not have'),
      report.missing.length === 0 ? [] : [report.missing.join(', ')],
    ),
    '',
    report.isDry
      ? 'Nothing was written. Run it again with --apply.'
      : 'Done. Run it again whenever you like.',
    '',
  ].join('\n')
}

function modelLines({ models: { models, sealed } }: MigrationReport): string[] {
  const lines = []
  if (models.length > 0)
    lines.push(`  ${'ProxyModelTable'.padEnd(30)} ${models.length} models, for --models-file`)
  if (sealed.length > 0)
    lines.push(
      `  ${'ProxyModelTable'.padEnd(30)} ${sealed.length} models are encrypted with another salt key: ${sealed.join(', ')}`,
    )
  return lines
}

function section(title: string, ...lists: (readonly string[])[]): string[] {
  const lines = lists.flat()
  return lines.length === 0 ? [] : ['', title, ...lines.map(line => `  ${line}`)]
}

function why(table: string): string {
  return WHY[table] === undefined ? '' : ` (${WHY[table]})`
}
