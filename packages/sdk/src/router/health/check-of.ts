import { findBinding } from '../../providers/bind.ts'
import { resolveModel } from '../../providers/naming/resolve.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { EndpointName, RequestOf } from '../../types/endpoint-map.ts'
import type { RoutingHost } from '../route.ts'
import { CHECK_MODES, type CheckMode } from './check-modes.ts'

/** How one deployment is asked whether it is well. */
export interface Check {
  readonly endpoint: EndpointName
  readonly format: string
  /** The deployment; a wildcard's with the model to ask. */
  readonly deployment: Deployment
  readonly request: RequestOf<EndpointName>
  readonly timeoutMs: number
}

/** A deployment that cannot be asked, and why. */
export interface Unchecked {
  readonly unchecked: string
}

const TIMEOUT_MS = 60_000
/** LiteLLM's; a model that thinks first needs some room before it can say anything. */
const MAX_TOKENS = 5
const MAX_TOKENS_REASONING = 64

/** The check of a deployment by its `model_info` and what is known of its model. */
export function checkOf(deployment: Deployment, host: RoutingHost): Check | Unchecked {
  const info = deployment.modelInfo ?? {}
  if (info.blocked === true) return { unchecked: 'it is blocked by the operator' }
  const concrete = concreteOf(deployment, host)
  if (concrete === undefined)
    return { unchecked: 'a wildcard needs model_info.health_check_model, the model to ask' }
  const facts = host.facts?.(concrete)
  const name = textOf(info.mode) ?? facts?.mode ?? modeByBindings(concrete, host)
  const mode = Object.hasOwn(CHECK_MODES, name) ? CHECK_MODES[name] : undefined
  if (mode === undefined) return { unchecked: `there is no check for mode ${name}` }
  if (mode.isDear && info.mode === undefined)
    return { unchecked: `an answer is dear; state model_info.mode: ${name} to have it asked` }
  return {
    endpoint: mode.endpoint,
    format: mode.format,
    deployment: concrete,
    request: requestOf(concrete, mode, maxTokensOf(deployment, facts?.supports_reasoning === true)),
    timeoutMs: secondsOf(info.health_check_timeout) ?? TIMEOUT_MS,
  }
}

function requestOf({ model, modelInfo }: Deployment, mode: CheckMode, maxTokens: number) {
  return { ...mode.request(modelInfo ?? {}, { maxTokens }), model } as RequestOf<EndpointName>
}

/**
 * The deployment with a model that can be asked. A wildcard's key goes to its own provider only: `health_check_model`
 * names another one only where the wildcard stands for all.
 */
function concreteOf(deployment: Deployment, { providers }: RoutingHost): Deployment | undefined {
  const { provider, model, modelInfo, apiBase } = deployment
  const named = textOf(modelInfo?.health_check_model)
  if (named === undefined) return model.includes('*') || provider === '*' ? undefined : deployment
  const given = provider === '*' ? undefined : provider
  return { ...deployment, ...resolveModel(named, providers, given, apiBase) }
}

/** What nobody knows of a model is told by what its provider can do. */
function modeByBindings({ provider, model }: Deployment, { providers }: RoutingHost): string {
  const known = providers.get(provider)
  const cheap = Object.entries(CHECK_MODES).filter(([, { isDear }]) => !isDear)
  const found = known && cheap.find(([, { endpoint }]) => findBinding(known, endpoint, undefined, model))
  return found?.[0] ?? 'chat'
}

function maxTokensOf({ model, modelInfo = {} }: Deployment, reasons: boolean): number {
  const own = wholeOf(modelInfo.health_check_max_tokens)
  if (own !== undefined) return own
  const kind = reasons ? 'health_check_max_tokens_reasoning' : 'health_check_max_tokens_non_reasoning'
  const byKind = model.includes('*') ? undefined : wholeOf(modelInfo[kind])
  return byKind ?? (reasons ? MAX_TOKENS_REASONING : MAX_TOKENS)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function wholeOf(value: unknown): number | undefined {
  return Number.isInteger(value) && (value as number) > 0 ? (value as number) : undefined
}

function secondsOf(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 ? value * 1000 : undefined
}
