import { badRequest, type Catalogue } from 'sluice/internal'
import type { Settings } from '../config/settings.ts'
import { CallSpool } from './log/call-spool.ts'
import type { LoggedCall } from './log/logged-call.ts'
import { type LogReport, readLog } from './log/read-log.ts'
import { type Replayed, replay } from './replay/replay.ts'
import { assumptionsOf, logAssumptions, NOT_MODELLED } from './report/assumptions.ts'
import { type Column, columnOf, deploymentNames, type SimulationReport } from './report/report.ts'
import { type CallOutcome, Tally } from './report/tally.ts'
import { Roster } from './world/roster.ts'
import { World } from './world/world.ts'

/** A configuration to try. */
export interface Candidacy {
  /** What the report calls it. */
  readonly name: string
  readonly settings: Pick<Settings, 'deployments' | 'providers' | 'router'>
  readonly catalogue: Catalogue
}

export interface SimulationPlan {
  /** Spend rows, as bytes of JSON. */
  readonly log: AsyncIterable<Buffer>
  readonly config: Candidacy
  /** The configuration in force, simulated too, so that what the model gets wrong is wrong on both sides. */
  readonly baseline?: Candidacy | undefined
  readonly seed: number
  /** Told what is being done and how far it is. `share`: 0 to 1, where the end is known. */
  readonly onProgress?: (what: string, done: number, share: number | undefined) => void
}

/**
 * Replays the calls of a log against a configuration: a world is learnt from the log, and the real router asks it in
 * virtual time. Throws a `BadRequestError` when the log holds no call.
 */
export async function simulate(plan: SimulationPlan): Promise<SimulationReport> {
  const spool = new CallSpool()
  try {
    return await new Simulation(plan, spool).run()
  } finally {
    await spool.close()
  }
}

class Simulation {
  private readonly plan: SimulationPlan
  private readonly spool: CallSpool
  private readonly roster = new Roster()
  private readonly recorded = new Tally()
  private unsized = 0
  private byPiece = 0

  constructor(plan: SimulationPlan, spool: CallSpool) {
    this.plan = plan
    this.spool = spool
  }

  async run(): Promise<SimulationReport> {
    const { log, config, baseline, seed, onProgress } = this.plan
    const read = await readLog(log, this.spool, this.roster, rows =>
      onProgress?.('rows read', rows, undefined),
    )
    if (this.spool.size === 0) throw badRequest(emptiness(read))
    const world = await this.learn()
    const before = baseline && (await this.try(baseline, world))
    const after = await this.try(config, world)
    const deployments = [...config.settings.deployments, ...(baseline?.settings.deployments ?? [])]
    const column = (name: string, tally: Tally, wastes: boolean): Column =>
      columnOf(name, tally, deploymentNames(deployments), wastes)
    return {
      log: logFacts(read, this.spool),
      seed,
      recorded: column('recorded', this.recorded, false),
      ...(baseline && before && { baseline: column(baseline.name, before.tally, true) }),
      simulated: column(config.name, after.tally, true),
      assumptions: [
        ...assumptionsOf(config.name, config.settings.deployments, after.replayed),
        ...(baseline && before
          ? assumptionsOf(baseline.name, baseline.settings.deployments, before.replayed)
          : []),
        ...logAssumptions(read, {
          unsized: this.unsized,
          unattributed: world.unattributed,
          byPiece: this.byPiece,
        }),
      ],
      not_modelled: NOT_MODELLED,
    }
  }

  private async learn(): Promise<World> {
    const world = new World(this.roster, this.spool, this.plan.seed)
    for await (const call of this.spool.read()) {
      world.learn(call)
      this.recorded.note(recordedOutcome(call))
      if (call.byPiece) this.byPiece++
      if (call.failure && call.failure.kind !== 'own' && call.usage.completion_tokens === 0) this.unsized++
    }
    return world
  }

  private async try(
    { name, settings, catalogue }: Candidacy,
    world: World,
  ): Promise<{ tally: Tally; replayed: Replayed }> {
    const { seed, onProgress } = this.plan
    const { from, size } = this.spool
    const tally = new Tally()
    const calls = this.spool.read()
    const onCall = (count: number) => onProgress?.(`calls replayed against ${name}`, count, count / size)
    const replayed = await replay({ settings, catalogue, world, calls, from, seed, tally, onCall })
    return { tally, replayed }
  }
}

/** What became of a call when it was made. */
function recordedOutcome(call: LoggedCall): CallOutcome {
  const { model, deployment, failure, earlier, retries, fallbacks } = call
  const attempts = earlier ? earlier.length + 1 : 1 + retries + fallbacks
  return {
    group: model,
    isAnswered: failure === undefined,
    ms: call.durationMs,
    firstMs: call.firstMs,
    attempts: failure?.kind === 'busy' ? 0 : attempts,
    fallbacks,
    costUsd: call.spendUsd,
    ...(failure && {
      failure: call.errorClass || String(failure.status),
      isRateLimited: failure.status === 429,
    }),
    ...(deployment && failure === undefined && { deployment }),
  }
}

function logFacts(read: LogReport, { size, from, to }: CallSpool): SimulationReport['log'] {
  const { rows, unreadable, problems, leftOut } = read
  return {
    ...{ rows, calls: size, from: new Date(from).toISOString(), to: new Date(to).toISOString() },
    ...{ unreadable, problems },
    left_out: {
      cached: leftOut.cached,
      refused: leftOut.refused,
      client_left: leftOut.left,
      foreign: leftOut.foreign,
    },
  }
}

function emptiness({ rows, problems }: LogReport): string {
  const [first] = problems
  if (first) return `The log holds no call that can be replayed. Line ${first.line}: ${first.problem}.`
  return rows === 0 ? 'The log is empty.' : 'The log holds no call that a router had a part in.'
}
