import { Command } from 'commander'
import { createCatalogue, factsOfDeployment, providers } from 'sluice/internal'
import { formatProblems } from '../config/problem.ts'
import type { Settings } from '../config/settings.ts'
import { openDatabase } from '../db/open-database.ts'
import { reach } from '../http/reach.ts'
import { connectLink } from '../redis/link.ts'
import { reasonOf } from '../redis/redis-error.ts'
import { type ConfigFlags, readConfig } from './read-config.ts'
import { paint, useColor } from './terminal.ts'

interface Finding {
  readonly ok: boolean
  readonly what: string
  /** What to do about it. */
  readonly remedy?: string
}

/** `sluice doctor`: keys, reachability, database, Redis and prices, with remedies. Exits with 1 when something is wrong. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('check keys, reachability, database, Redis and prices')
    .option('-c, --config <file>', 'the config file')
    .option('--data-directory <directory>', 'data directory')
    .action(examine)
}

async function examine(flags: ConfigFlags): Promise<void> {
  const { settings, warnings } = await readConfig(flags)
  if (warnings.length > 0)
    process.stdout.write(`${formatProblems(warnings, { color: useColor(process.stdout) })}\n`)
  const findings = [
    ...keys(settings),
    ...(await reachability(settings)),
    await database(settings),
    ...(await redis(settings)),
    ...prices(settings),
  ]
  const { green, red } = paint(process.stdout)
  for (const { ok, what, remedy } of findings)
    process.stdout.write(`${ok ? green('ok  ') : red('bad ')} ${what}${remedy ? `\n     ${remedy}` : ''}\n`)
  const bad = findings.filter(({ ok }) => !ok).length
  process.stdout.write(bad === 0 ? 'All is well.\n' : `${bad} of ${findings.length} checks failed.\n`)
  process.exitCode = bad === 0 ? 0 : 1
}

function keys(settings: Settings): Finding[] {
  return settings.deployments.flatMap(({ group, provider: name, apiKey, credentialName }): Finding[] => {
    const credentials = providers.get(name)?.credentials
    if (!credentials?.required) return []
    if (credentialName !== undefined)
      return [{ ok: true, what: `${group}: key from the credential ${credentialName} of the database` }]
    const variable = credentials.env.find(candidate => settings.environment.get(candidate))
    if (apiKey || variable)
      return [{ ok: true, what: `${group}: key ${apiKey ? 'configured' : `from ${variable}`}` }]
    return [
      { ok: false, what: `${group}: no key for ${name}`, remedy: `Set ${credentials.env.join(' or ')}.` },
    ]
  })
}

async function reachability(settings: Settings): Promise<Finding[]> {
  const bases = new Set<string>()
  for (const deployment of settings.deployments) {
    const base = providers.get(deployment.provider)?.baseUrl
    const url = deployment.apiBase ?? (typeof base === 'string' ? base : undefined)
    if (url?.startsWith('http')) bases.add(new URL(url).origin)
  }
  return Promise.all(
    [...bases].map(async origin => {
      const problem = await reach(origin)
      return problem === undefined
        ? { ok: true, what: `${origin} answers` }
        : {
            ok: false,
            what: `${origin}: ${problem}`,
            remedy: 'Check the address, DNS, the proxy and the firewall.',
          }
    }),
  )
}

async function database(settings: Settings): Promise<Finding> {
  const { url, dataDirectory, poolSize } = settings.database
  const name = url === undefined ? `embedded database in ${dataDirectory}` : 'PostgreSQL'
  try {
    const opened = await openDatabase({ url, dataDirectory, poolSize })
    await opened.ping()
    await opened.close()
    return { ok: true, what: `${name} answers` }
  } catch (error) {
    return {
      ok: false,
      what: `${name}: ${(error as Error).message}`,
      remedy: 'Check DATABASE_URL, or that the directory is writable.',
    }
  }
}

async function redis({ redis: configured }: Settings): Promise<Finding[]> {
  if (configured === undefined) return []
  try {
    const link = await connectLink(configured, () => {})
    link.destroy()
    return [{ ok: true, what: 'Redis answers' }]
  } catch (error) {
    const { password, sentinelPassword } = configured
    const what = `Redis: ${reasonOf(error, [password, sentinelPassword])}`
    return [{ ok: false, what, remedy: 'Check its address, user and password, and TLS.' }]
  }
}

function prices(settings: Settings): Finding[] {
  const catalogue = createCatalogue()
  const unknown = settings.deployments.filter(
    deployment =>
      !deployment.model.includes('*') && factsOfDeployment(catalogue, deployment)?.price === undefined,
  )
  return unknown.map(({ group, provider, model }) => ({
    ok: false,
    what: `${group}: the price of ${provider}/${model} is unknown`,
    remedy: 'Set input_cost_per_token and output_cost_per_token, or base_model, in its model_info.',
  }))
}
