import {
  type CallRecord,
  type Catalogue,
  createHost,
  customProvider,
  type Deployment,
  openRecord,
  type Provider,
  RouteTable,
  type RoutingHost,
  SluiceError,
  stampRecord,
} from 'sluice/internal'
import type { Settings } from '../../config/settings.ts'
import type { LoggedCall } from '../log/logged-call.ts'
import type { Tally } from '../report/tally.ts'
import { seeded } from '../world/luck.ts'
import type { MatchedBy } from '../world/roster.ts'
import type { World } from '../world/world.ts'
import { Oracle, type ReplayedCall } from './fate.ts'
import { outcomeOf } from './outcome.ts'
import { type OutgoingRequest, simulatedTransport } from './simulated-transport.ts'
import { inVirtualTime, type VirtualTime } from './virtual-time.ts'

export interface ReplayPlan {
  readonly settings: Pick<Settings, 'deployments' | 'providers' | 'router'>
  readonly catalogue: Catalogue
  readonly world: World
  /** In the order of their beginnings. */
  readonly calls: AsyncIterable<LoggedCall>
  /** When the first of them began, milliseconds since the epoch. */
  readonly from: number
  readonly seed: number
  readonly tally: Tally
  /** Told how many calls have begun. */
  readonly onCall?: (calls: number) => void
}

export interface Replayed {
  /** How each deployment that was asked was found in the log, by `id` and model with a NUL between. */
  readonly matches: ReadonlyMap<string, MatchedBy>
  /** Names that the configuration does not have, and how many calls asked for each; at most a hundred of them. */
  readonly unknownModels: ReadonlyMap<string, number>
}

const MARK_DEPLOYMENT = 'x-simulated-deployment'
const MARK_CALL = 'x-simulated-call'
const MOST_UNKNOWN = 100

/** Sends the calls of a log through the router of a configuration, in virtual time. */
export function replay(plan: ReplayPlan): Promise<Replayed> {
  return inVirtualTime(plan.from, async time => {
    const run = new Replay(plan, time)
    let index = 0
    for await (const call of plan.calls) {
      await time.advanceTo(call.at)
      run.begin(call, index++)
      // What the call plans must be planned before time goes on.
      await time.settle()
      plan.onCall?.(index)
    }
    await time.until(run.ended())
    return run.result()
  })
}

class Replay {
  private readonly plan: ReplayPlan
  private readonly time: VirtualTime
  private readonly oracle: Oracle
  private readonly table: RouteTable
  private readonly deployments: ReadonlyMap<string, Deployment>
  private readonly open = new Map<string, ReplayedCall>()
  private readonly unknown = new Map<string, number>()
  private allEnded: (() => void) | undefined

  constructor(plan: ReplayPlan, time: VirtualTime) {
    const { settings, world, seed } = plan
    this.plan = plan
    this.time = time
    this.oracle = new Oracle(world, settings.providers, seed)
    this.deployments = new Map(settings.deployments.map(deployment => [deployment.id, deployment]))
    this.table = new RouteTable(settings.deployments.map(simulated), settings.router, this.host())
  }

  begin(call: LoggedCall, index: number): void {
    const replayed = this.oracle.begin(call, index)
    const id = String(index)
    this.open.set(id, replayed)
    void this.run(id, replayed).then(record => {
      this.open.delete(id)
      this.plan.tally.note(outcomeOf(record, replayed, this.time.now()))
      if (this.open.size === 0) this.allEnded?.()
    })
  }

  ended(): Promise<void> {
    return new Promise(resolve => {
      this.allEnded = resolve
      if (this.open.size === 0) resolve()
    })
  }

  result(): Replayed {
    return { matches: this.oracle.matches(), unknownModels: this.unknown }
  }

  /** One call, whole. The record tells what became of it. */
  private async run(id: string, { call, size }: ReplayedCall): Promise<CallRecord> {
    const model = this.nameOf(call)
    const record = openRecord({
      ...{ id, endpoint: 'chat', format: 'openai-chat', startedAt: call.at, requestedModel: model },
    })
    const { tags, metadata, sessionId, keyHash, endUser } = call
    record.tags.push(...tags)
    Object.assign(record, { stream: size.stream, metadata: { ...metadata }, sessionId, endUser })
    if (keyHash !== undefined) record.caller = { keyHash }
    const promptTokens = size.usage.prompt_tokens
    let meter: Parameters<typeof stampRecord>[1]
    try {
      const reply = await this.table.run({
        ...{ id, endpoint: 'chat', model, clientFormat: record.format, record },
        request: {
          model,
          // Prompts are not in the log: those of one session begin alike, others do not.
          messages: [
            { role: 'user', content: sessionId === undefined ? `call ${id}` : `session ${sessionId}` },
          ],
          ...(size.stream && { stream: true }),
        },
        headers: { [MARK_CALL]: id },
        inputTokens: promptTokens,
        strictness: { dropParams: true, additionalDropParams: [], allowedOpenaiParams: [] },
        warn() {},
      })
      meter = reply.meter
      if (reply.kind === 'stream' || reply.kind === 'relay-stream')
        await reply.pump(() => {
          record.firstTokenAt ??= this.time.now()
        })
      record.status = 'success'
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error
      record.status = 'failure'
      record.error = error
    }
    stampRecord(record, meter, this.plan.catalogue, { promptTokens })
    return record
  }

  /** The name as it was asked for; where the log only knows the group of a wildcard, the model behind it. */
  private nameOf({ model, group, deployment }: LoggedCall): string {
    const { groups } = this.table
    const own = deployment && `${deployment.provider}/${deployment.model}`
    for (const name of [model, group, own])
      if (name !== undefined && !name.includes('*') && groups.has(name)) return name
    if (this.unknown.has(model) || this.unknown.size < MOST_UNKNOWN)
      this.unknown.set(model, (this.unknown.get(model) ?? 0) + 1)
    return model
  }

  private host(): RoutingHost {
    const { catalogue, settings, seed } = this.plan
    const usual = createHost(catalogue, () => undefined, Number.MAX_SAFE_INTEGER)
    return {
      ...usual,
      transport: simulatedTransport(this.time, request => this.fateOf(request)),
      providers: new Map([...settings.providers.keys()].map(name => [name, stageProvider(name)])),
      now: this.time.now,
      random: seeded(seed),
    }
  }

  private fateOf({ headers, body }: OutgoingRequest) {
    const replayed = this.open.get(headers[MARK_CALL] ?? '')
    const deployment = this.deployments.get(headers[MARK_DEPLOYMENT] ?? '')
    if (replayed === undefined || deployment === undefined)
      throw new Error('An attempt that no call of the log made.')
    const { model } = JSON.parse(String(body)) as { model: string }
    return this.oracle.fateOf(replayed, deployment, model, this.time.now())
  }
}

/** The deployment as the router knows it, without what only its provider would understand. */
function simulated(deployment: Deployment): Deployment {
  return {
    ...deployment,
    params: undefined,
    extraBody: undefined,
    silentModels: undefined,
    headers: { [MARK_DEPLOYMENT]: deployment.id },
  }
}

/** Stands in for every provider: what is simulated is when and how it answers, not its format. */
function stageProvider(name: string): Provider {
  return customProvider(name, { baseUrl: 'http://simulated.invalid/v1', keyRequired: false })
}
