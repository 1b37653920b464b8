import type { Codec } from '../../codecs/codec.ts'
import type { Endpoint } from '../../endpoints/endpoint.ts'
import { createError } from '../../errors.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { EndpointName, RequestOf } from '../../types/endpoint-map.ts'
import type { JsonObject } from '../../types/json.ts'
import type { Warning } from '../../types/warning.ts'
import type { ParamRule, ParamRules, Provider } from '../provider.ts'
import { dropPaths } from './drop-paths.ts'

/** What decides over a parameter that the target cannot express. */
export interface Strictness {
  /** Leave unsupported OpenAI parameters out with a warning, instead of refusing them. */
  readonly dropParams: boolean
  /** Parameters to leave out even if supported; paths such as `tools[*].strict`. */
  readonly additionalDropParams: readonly string[]
  /** Repair what the provider would refuse, with a receipt, instead of refusing it. */
  readonly modifyParams?: boolean | undefined
  /** Parameters to send on whatever the rules say. */
  readonly allowedOpenaiParams: readonly string[]
}

interface Target<E extends EndpointName> {
  readonly endpoint: Endpoint<E>
  readonly codec: Codec<E>
  readonly provider: Provider
  readonly deployment: Deployment
  readonly model: string
}

/**
 * The request as this target may receive it: the very same object when every parameter is fine. Everything left out
 * or changed is recorded. Throws `UnsupportedParamsError` naming every parameter that cannot be expressed.
 */
export function applyParamRules<E extends EndpointName>(
  request: RequestOf<E>,
  target: Target<E>,
  strictness: Strictness,
  warn: (warning: Warning) => void,
): RequestOf<E> {
  const unwanted = strictness.additionalDropParams
  const asked = unwanted.length > 0 ? (dropPaths(request, unwanted, warn) as RequestOf<E>) : request
  const ruled = ruledBy(asked, target, strictness, warn)
  // What a rule has renamed is known to the caller by the provider's name, too.
  return ruled !== asked && unwanted.length > 0 ? (dropPaths(ruled, unwanted, warn) as RequestOf<E>) : ruled
}

function ruledBy<E extends EndpointName>(
  request: RequestOf<E>,
  target: Target<E>,
  strictness: Strictness,
  warn: (warning: Warning) => void,
): RequestOf<E> {
  const refused: string[] = []
  const byModel = target.provider.modelParams?.(target.model, { deployment: target.deployment, request })
  let out: JsonObject = request
  const edit = () => {
    if (out === request) out = { ...request }
    return out
  }
  for (const key in request) {
    const rule = ruleIn(byModel, key) ?? ruleIn(target.provider.params, key) ?? limitIn(target.codec, key)
    if (rule === 'keep' || strictness.allowedOpenaiParams.includes(key)) continue
    if (
      rule === undefined &&
      (target.codec.upstream.params.has(key) || !target.endpoint.openaiParams.has(key))
    )
      continue
    const value: unknown = request[key]
    if (value === undefined || value === null) delete edit()[key]
    else if (typeof rule === 'object' && !('only' in rule)) change(edit, key, value, rule, warn)
    else if (typeof rule === 'object' && rule.only.includes(value)) continue
    else if (
      rule !== 'drop' &&
      !NEVER_REFUSED.has(key) &&
      !strictness.dropParams &&
      !isDefault(key, value, request)
    )
      refused.push(key)
    else {
      delete edit()[key]
      if (rule === 'drop' || !isDefault(key, value, request))
        warn({ action: 'dropped', param: key, reason: limited(rule) ?? unsupported(target) })
    }
  }
  if (refused.length > 0) throw refusal(refused, target)
  return out as RequestOf<E>
}

const HUB_KEYS = new Set(['model', 'messages', 'input', 'prompt', 'query', 'documents', 'stream', 'metadata'])

/**
 * The request without what only the client's own format knows, each of it recorded: a provider of another format would
 * refuse it, and could not honour it. The same object when there is nothing of the kind.
 */
export function dropForeignKeys<E extends EndpointName>(
  request: RequestOf<E>,
  clientFormat: string,
  { endpoint, codec, provider }: Target<E>,
  warn: (warning: Warning) => void,
): RequestOf<E> {
  let out: JsonObject = request
  for (const key in request) {
    if (HUB_KEYS.has(key) || endpoint.openaiParams.has(key) || codec.upstream.params.has(key)) continue
    if (out === request) out = { ...request }
    delete out[key]
    warn({ action: 'dropped', param: key, reason: `only ${clientFormat} has it; ${provider.title} does not` })
  }
  return out as RequestOf<E>
}

function ruleIn(params: ParamRules | undefined, key: string): ParamRule | undefined {
  return params !== undefined && Object.hasOwn(params, key) ? params[key] : undefined
}

/** The format's own limits, for the endpoints it is of. */
function limitIn<E extends EndpointName>({ upstream }: Codec<E>, key: string): ParamRule | undefined {
  const only = upstream.only && Object.hasOwn(upstream.only, key) ? upstream.only[key] : undefined
  return only && { only }
}

function limited(rule: ParamRule | undefined): string | undefined {
  if (typeof rule !== 'object' || !('only' in rule)) return undefined
  return `this provider takes only ${rule.only.map(String).join(', ')}`
}

type Change = Exclude<Extract<ParamRule, object>, { readonly only: unknown }>

function change(
  edit: () => JsonObject,
  key: string,
  value: unknown,
  rule: Change,
  warn: (warning: Warning) => void,
): void {
  if ('rename' in rule) {
    const out = edit()
    delete out[key]
    out[rule.rename] ??= value
    warn({ action: 'renamed', param: key, reason: `this provider calls it ${rule.rename}` })
  } else if ('values' in rule) {
    if (typeof value !== 'string' || !Object.hasOwn(rule.values, value)) return
    edit()[key] = rule.values[value]
    const theirs = JSON.stringify(rule.values[value])
    warn({ action: 'renamed', param: key, reason: `this provider calls "${value}" ${theirs}` })
  } else if (typeof value === 'number') clamp(edit, key, value, rule, warn)
}

function clamp(
  edit: () => JsonObject,
  key: string,
  value: number,
  { min, max }: { readonly min?: number; readonly max?: number },
  warn: (warning: Warning) => void,
): void {
  if (max !== undefined && value > max) {
    edit()[key] = max
    warn({ action: 'clamped', param: key, reason: `this provider allows at most ${max}` })
  } else if (min !== undefined && value < min) {
    edit()[key] = min
    warn({ action: 'clamped', param: key, reason: `this provider allows no less than ${min}` })
  }
}

/** Left out with a receipt, never refused: every client sends it, and no answer depends on it. */
const NEVER_REFUSED = new Set(['user'])

/** Values that say nothing beyond what happens anyway; LiteLLM tolerates the same. */
function isDefault(key: string, value: unknown, request: JsonObject): boolean {
  switch (key) {
    case 'n':
    case 'best_of':
      return value === 1
    case 'tool_choice':
      return value === 'auto' || (value === 'none' && !request.tools)
    case 'parallel_tool_calls':
      return value === true || !request.tools
    case 'response_format':
      return (value as { type?: unknown }).type === 'text'
    case 'echo':
    case 'logprobs':
    case 'store':
      return value === false
    case 'presence_penalty':
    case 'frequency_penalty':
      return value === 0
    case 'speed':
      return value === 1
    case 'stream_options':
      return true
    default:
      return false
  }
}

function unsupported(target: { readonly provider: Provider }): string {
  return `${target.provider.title} has no such parameter`
}

function refusal<E extends EndpointName>(refused: readonly string[], target: Target<E>) {
  const names = refused
    .map(key => {
      const limit = limited(limitIn(target.codec, key))
      return limit ? `${key} as asked (${limit})` : key
    })
    .join(', ')
  return createError({
    kind: 'unsupported_params',
    message:
      `${target.provider.name} does not support the parameter${refused.length > 1 ? 's' : ''} ${names} for model ` +
      `"${target.model}". Leave ${refused.length > 1 ? 'them' : 'it'} out, set drop_params: true to have ` +
      `${refused.length > 1 ? 'them' : 'it'} dropped, or name ${refused.length > 1 ? 'them' : 'it'} in ` +
      'allowed_openai_params to send on anyway.',
    param: refused[0],
    model: target.model,
  })
}
