import type { MasterKey } from '../config/master-key.ts'
import type { Settings } from '../config/settings.ts'
import { paint } from './terminal.ts'

const MOST_MODELS = 12

/** What a person reads when the gateway is up: where, which models, and a first call to copy. */
export function welcome(facts: {
  readonly settings: Settings
  readonly master: MasterKey | undefined
  readonly url: string
  readonly tookMs: number
}): string {
  const { settings, master, url } = facts
  const { bold, dim, yellow } = paint(process.stdout)
  const models = [...new Set(settings.deployments.map(({ group }) => group))]
  const shown = models.slice(0, MOST_MODELS).join(', ')
  const more = models.length > MOST_MODELS ? `, and ${models.length - MOST_MODELS} more` : ''
  const first = models.find(name => !name.includes('*')) ?? 'openai/gpt-4o'
  const database =
    settings.database.url === undefined ? `embedded, in ${settings.database.dataDirectory}` : 'PostgreSQL'
  const lines = [
    '',
    `${bold('Sluice')} is ready at ${bold(url)} ${dim(`(${Math.round(facts.tookMs)} ms)`)}`,
    `  models    ${shown || 'none: set a key such as OPENAI_API_KEY, or add a model_list'}${more}`,
    `  database  ${database}`,
    ...keyLines(master, yellow),
    '',
    'Try it:',
    `  curl ${url}/v1/chat/completions \\`,
    `    -H "Authorization: Bearer ${master ? `$(cat ${master.path})` : '$LITELLM_MASTER_KEY'}" -H "Content-Type: application/json" \\`,
    `    -d '{"model":"${first}","messages":[{"role":"user","content":"Hello"}]}'`,
    '',
  ]
  return `${lines.join('\n')}\n`
}

function keyLines(master: MasterKey | undefined, yellow: (text: string) => string): string[] {
  if (master === undefined) return ['  key       the configured master key']
  if (!master.created) return [`  key       in ${master.path}`]
  return [
    `  key       ${yellow(master.key)}`,
    `            shown once; kept in ${master.path}, readable by you only`,
  ]
}
