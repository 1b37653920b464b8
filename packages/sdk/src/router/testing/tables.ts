import type { Upstream } from '@sluice/testkit'
import { openRecord } from '../../callbacks/records.ts'
import { askChat, deploymentAt, SECRET } from '../../testing/ask.ts'
import type { Deployment } from '../../types/deployment.ts'
import { type Route, RouteTable, type RoutingHost, type RoutingSettings } from '../router.ts'

/** Settings that let every failure be seen soon. */
export const SETTINGS: RoutingSettings = {
  retries: 2,
  timeoutMs: 5_000,
  streamTimeoutMs: undefined,
  allowedFails: 3,
  cooldownMs: 20,
  disableCooldowns: false,
  retryAfterMs: 0,
  groupAliases: new Map(),
  fallbacks: new Map(),
  defaultFallbacks: [],
  contextWindowFallbacks: new Map(),
  contentPolicyFallbacks: new Map(),
  maxFallbacks: 5,
}

/** A table of the group `g` at a fake vendor: deployments `a`, `b` …, each with a model and a key of its own. */
export function tableAt(
  upstream: Upstream,
  host: RoutingHost,
  overs: readonly Partial<Deployment>[],
  settings: Partial<RoutingSettings> = {},
): RouteTable {
  const deployments = overs.map((over, index) => {
    const id = String.fromCharCode(97 + index)
    return deploymentAt(`${upstream.url}/v1`, { id, model: id, apiKey: `${SECRET}-${id}`, ...over })
  })
  return new RouteTable(deployments, { ...SETTINGS, ...settings }, host)
}

/** A chat call of the group `g`, with a record of its own. */
export function chatRoute(stream: boolean, over: Partial<Route<'chat'>> = {}): Route<'chat'> {
  const { deployment: _d, timeoutMs: _t, now: _n, ...ask } = askChat(deploymentAt(''), { stream })
  const facts = { id: ask.id, endpoint: 'chat' as const, format: 'openai-chat' }
  const record = openRecord({ ...facts, startedAt: Date.now(), requestedModel: 'g' })
  return { ...ask, model: 'g', record, ...over }
}
