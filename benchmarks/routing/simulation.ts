import {
  createCatalogue,
  createHost,
  type Deployment,
  openRecord,
  RouteTable,
  type RoutingSettings,
  type StrategyName,
} from 'sluice/internal'
import { inVirtualTime, type VirtualTime } from '../../packages/gateway/src/simulate/replay/virtual-time.ts'
import { fakeTransport, type Trouble } from './fake-provider.ts'

export interface SimulationPlan {
  readonly strategy: StrategyName
  readonly trouble: Trouble
  readonly seconds?: number
  readonly requestsPerSecond?: number
  readonly settings?: Partial<RoutingSettings>
}

export interface SimulationResult {
  readonly strategy: StrategyName
  readonly trouble: Trouble
  readonly requests: number
  /** 0 to 1. */
  readonly successRate: number
  /** Milliseconds, of all requests since the trouble began. */
  readonly p50: number
  readonly p99: number
  /** Of those that began six seconds or more after it: the first attempts that hang have timed out. */
  readonly p99Later: number
  /** Attempts that did not become the answer. */
  readonly wasted: number
  /** Attempts per request. */
  readonly amplification: number
}

interface Sample {
  readonly at: number
  readonly ms: number
  readonly ok: boolean
  readonly attempts: number
}

const SETTINGS: RoutingSettings = {
  retries: 2,
  timeoutMs: 30_000,
  streamTimeoutMs: undefined,
  allowedFails: 3,
  cooldownMs: 5_000,
  disableCooldowns: false,
  retryAfterMs: 0,
  groupAliases: new Map(),
  fallbacks: new Map(),
  defaultFallbacks: [],
  contextWindowFallbacks: new Map(),
  contentPolicyFallbacks: new Map(),
  maxFallbacks: 5,
}

const START = 1_000_000_000_000
/** Longest time an attempt may take; only a deployment that hangs does. */
const ATTEMPT_MS = 5_000
/** The first attempts that hang have timed out by then. */
const SETTLED_MS = ATTEMPT_MS + 1_000

/** Three deployments, one of which gets into trouble; the router is the real one, time and network are not. */
export function simulate(plan: SimulationPlan): Promise<SimulationResult> {
  return inVirtualTime(START, clock => clock.until(runOf(plan, clock)))
}

async function runOf(plan: SimulationPlan, clock: VirtualTime): Promise<SimulationResult> {
  const { seconds = 60, requestsPerSecond = 50, strategy, trouble } = plan
  const random = seeded(7)
  const troubleAt = clock.now() + (seconds * 1000) / 3
  const transport = fakeTransport(clock, seeded(11), () => (clock.now() < troubleAt ? 'none' : trouble))
  const usual = createHost(createCatalogue(), () => undefined, 1024)
  const host = { ...usual, transport, now: clock.now, random }
  const table = new RouteTable(DEPLOYMENTS, { ...SETTINGS, strategy, ...plan.settings }, host)
  const pending: Promise<Sample>[] = []
  const end = clock.now() + seconds * 1000
  for (let at = clock.now(); at < end; at += (-Math.log(1 - random()) * 1000) / requestsPerSecond) {
    const begun = at
    pending.push(new Promise(resolve => clock.at(begun, () => resolve(request(table, clock)))))
  }
  const samples = await Promise.all(pending)
  await usual.transport.close()
  return summary(
    plan,
    samples.filter(({ at }) => at >= troubleAt),
    troubleAt,
  )
}

const DEPLOYMENTS = ['a', 'b', 'c'].map((id): Deployment => {
  return { id, group: 'g', provider: 'openai', model: id, apiKey: `sk-${id}`, timeoutMs: ATTEMPT_MS }
})

async function request(table: RouteTable, clock: VirtualTime): Promise<Sample> {
  const at = clock.now()
  const facts = {
    id: 'r',
    endpoint: 'chat' as const,
    format: 'openai-chat',
    startedAt: at,
    requestedModel: 'g',
  }
  const record = openRecord(facts)
  const ok = await table
    .run({
      ...{ id: 'r', endpoint: 'chat', model: 'g', clientFormat: 'openai-chat', record },
      request: { model: 'g', messages: [{ role: 'user', content: 'Hi' }] },
      strictness: { dropParams: false, additionalDropParams: [], allowedOpenaiParams: [] },
      warn() {},
    })
    .then(
      () => true,
      () => false,
    )
  return { at, ms: clock.now() - at, ok, attempts: record.attempts.length }
}

function summary(
  { strategy, trouble }: SimulationPlan,
  samples: readonly Sample[],
  troubleAt: number,
): SimulationResult {
  const attempts = samples.reduce((sum, sample) => sum + sample.attempts, 0)
  const answered = samples.filter(({ ok }) => ok).length
  const later = samples.filter(({ at }) => at >= troubleAt + SETTLED_MS)
  return {
    strategy,
    trouble,
    requests: samples.length,
    successRate: answered / samples.length,
    p50: percentile(samples, 0.5),
    p99: percentile(samples, 0.99),
    p99Later: percentile(later, 0.99),
    wasted: attempts - answered,
    amplification: attempts / samples.length,
  }
}

function percentile(samples: readonly Sample[], share: number): number {
  const sorted = samples.map(({ ms }) => ms).sort((a, b) => a - b)
  return Math.round(sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0)
}

/** Numbers between 0 and 1, always the same row of them. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
