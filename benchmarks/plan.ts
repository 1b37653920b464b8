import { parseArgs } from 'node:util'
import { type Scenario, scenarios } from './scenarios.ts'

/** How much is measured: a full run takes about ten minutes, a quick one about one. */
export interface Plan {
  readonly scenarios: readonly Scenario[]
  readonly warmUpMs: number
  readonly windowMs: number
  windows(scenario: Scenario): number
  readonly latencyMs: number
  latencyRounds(scenario: Scenario): number
  readonly starts: number
  readonly heldStreams: number
  readonly peers: boolean
  /** Only run Sluice and say where its time goes. */
  readonly profile: boolean
  /** Exit with 1 when a bar is not met. */
  readonly strict: boolean
  /** Write the dated result. */
  readonly save: boolean
}

const usage = `Usage: npm run bench -- [options]
  --quick            about a minute: the scenarios with a bar, in fewer and shorter windows
  --only <name>      only scenarios whose name begins so: ${scenarios.map(({ name }) => name).join(', ')}
  --peers            also LiteLLM, installed from PyPI into .cache/bench
  --profile          profile Sluice in the scenarios of --only (default chat-1k) and print where its time goes
  --strict           exit with 1 when a bar is not met
`

/** Reads the command line. Ends the process with the usage when it makes no sense. */
export function readPlan(args: readonly string[]): Plan {
  const values = readFlags(args)
  const quick = values.quick === true
  const only = values.only ?? (values.profile ? 'chat-1k' : undefined)
  const exact = scenarios.filter(({ name }) => name === only)
  const chosen = scenarios.filter(({ name, hasBar }) =>
    only === undefined ? !quick || hasBar : name.startsWith(only),
  )
  if (chosen.length === 0) refuse(`no scenario is called "${only}"`)
  return {
    scenarios: exact.length > 0 ? exact : chosen,
    warmUpMs: quick ? 700 : 1_500,
    windowMs: quick ? 500 : 1_000,
    windows: ({ hasBar }) => (quick ? 5 : hasBar ? 15 : 5),
    latencyMs: quick ? 500 : 1_000,
    latencyRounds: ({ hasBar }) => (quick ? 1 : hasBar ? 5 : 2),
    starts: quick ? 2 : 5,
    heldStreams: 500,
    peers: values.peers === true,
    profile: values.profile === true,
    strict: values.strict === true,
    save: !quick && only === undefined,
  }
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean' },
        only: { type: 'string' },
        peers: { type: 'boolean' },
        profile: { type: 'boolean' },
        strict: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    return refuse((error as Error).message)
  }
}

function refuse(problem: string): never {
  process.stderr.write(`${problem}\n\n${usage}`)
  process.exit(2)
}
