import { randomUUID } from 'node:crypto'
import { openRecord } from '../../callbacks/records.ts'
import { endpoints } from '../../endpoints/registry.ts'
import type { Reply } from '../../steps/reply.ts'
import { estimateRequestTokens } from '../../tokens/request.ts'
import type { CallRecord } from '../../types/call-record.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { EndpointName } from '../../types/endpoint-map.ts'
import type { Meter } from '../../types/meter.ts'
import type { Route, RoutingHost } from '../route.ts'
import { ROUTING_DEFAULTS, type RoutingSettings } from '../settings.ts'
import type { Visit } from '../visit.ts'
import type { MirrorHost } from './mirror-host.ts'
import { type MirrorCounts, MirrorLane } from './mirror-lane.ts'

/** What the spend rows of copies are tagged with: they belong to no key. */
export const MIRROR_TAG = 'silent_experiment'

/** Whoever waits for a place waits before a copy does. */
const LAST_IN_LINE = Number.MAX_SAFE_INTEGER

/** Routes a call as any other. */
export type RunRoute = <E extends EndpointName>(route: Route<E>) => Promise<Reply<E>>

/**
 * Sends copies of calls to silent groups. A copy is a call of its own, which nobody hears of but the records: without
 * retries, fallbacks, hedges, or copies of itself; the caller's answer, time and hang-up have nothing to do with it.
 */
export class Mirroring {
  private readonly settings: Pick<RoutingSettings, 'maxMirrored'>
  private readonly host: RoutingHost
  private readonly lane: MirrorLane
  private readonly run: RunRoute

  /** `previous`: whose copies are still under way. */
  constructor(
    settings: Pick<RoutingSettings, 'maxMirrored'>,
    host: RoutingHost,
    run: RunRoute,
    previous: Mirroring | undefined,
  ) {
    this.settings = settings
    this.host = host
    this.lane = previous?.lane ?? new MirrorLane()
    this.run = run
  }

  /** Sends the copies that the chosen deployment asks for, once per call, after whoever is at work now has sent it. */
  consider<E extends EndpointName>({ silentModels, silentShare = 1 }: Deployment, visit: Visit<E>): void {
    if (!silentModels || visit.trip.isMirrored) return
    visit.trip.isMirrored = true
    const { route } = visit.trip
    // A made-up answer is no traffic to learn from.
    if (
      route.isMirror ||
      !endpoints[route.endpoint].isRepeatable ||
      route.overrides?.mockResponse !== undefined
    )
      return
    if (silentShare < 1 && this.host.random() >= silentShare) return
    const { maxMirrored = ROUTING_DEFAULTS.maxMirrored } = this.settings
    const request = visit.request
    const original = request === route.request ? route.original : undefined
    for (const model of silentModels) {
      if (!this.lane.admits(maxMirrored)) continue
      const { mirror = SILENT } = this.host
      this.lane.run(signal => this.send({ ...route, request, original }, model, mirror, signal), mirror.fault)
    }
  }

  get counts(): MirrorCounts {
    return this.lane.counts
  }

  /** Waits for the copies under way, at most so many milliseconds; none begins any more. */
  close(withinMs: number): Promise<void> {
    return this.lane.close(withinMs)
  }

  private async send<E extends EndpointName>(
    primary: Route<E>,
    model: string,
    mirror: MirrorHost,
    signal: AbortSignal,
  ): Promise<void> {
    const record = this.recordOf(primary, model)
    mirror.begun?.(record)
    let meter: Meter | undefined
    try {
      const reply = await this.run(copyOf(primary, model, record, signal))
      meter = reply.meter
      await this.readOut(reply, record)
      record.status = 'success'
    } catch (error) {
      record.status = 'failure'
      record.error = error instanceof Error ? error : new Error(String(error))
    }
    record.endedAt = this.host.now()
    record.tags.push(MIRROR_TAG)
    await mirror.ended(record, meter, () => estimateRequestTokens(primary.request))
  }

  private recordOf<E extends EndpointName>({ endpoint, clientFormat, record }: Route<E>, model: string) {
    const id = randomUUID()
    const startedAt = this.host.now()
    const copy = openRecord({ id, endpoint, format: clientFormat, startedAt, requestedModel: model })
    copy.stream = record.stream
    copy.metadata = { is_silent_experiment: true, mirror_of: record.callId }
    return copy
  }

  private async readOut<E extends EndpointName>(reply: Reply<E>, record: CallRecord): Promise<void> {
    if (reply.kind !== 'stream' && reply.kind !== 'relay-stream') return
    await reply.pump(() => {
      record.firstTokenAt ??= this.host.now()
    })
  }
}

/**
 * The call once more, for another group. It goes without the caller's headers and without its tags, which are about
 * where the caller's own call may go; the region is about its data, and stays.
 */
function copyOf<E extends EndpointName>(
  route: Route<E>,
  model: string,
  record: CallRecord,
  signal: AbortSignal,
): Route<E> {
  const { endpoint, request, original, clientFormat, strictness, formatHeaders, region, overrides } = route
  return {
    ...{ endpoint, request, original, clientFormat, strictness, formatHeaders, region, overrides },
    ...{ id: record.id, model, record, signal },
    ...{
      isMirror: true,
      retries: 0,
      disableFallbacks: true,
      streamContinuation: false,
      priority: LAST_IN_LINE,
    },
    warn: warning => void record.warnings.push(warning),
  }
}

const SILENT: MirrorHost = { ended: () => {}, fault: () => {} }
