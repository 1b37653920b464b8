import type { CallInfo, Codec, WireRequest } from '../codecs/codec.ts'
import { encodeWithReceipts } from '../codecs/receipts/receipts.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import { SluiceError } from '../errors.ts'
import { applyParamRules } from '../providers/params/param-rules.ts'
import type { Provider } from '../providers/provider.ts'
import type { Deployment } from '../types/deployment.ts'
import type { EndpointName, RequestOf } from '../types/endpoint-map.ts'
import type { JsonObject } from '../types/json.ts'
import type { Warning } from '../types/warning.ts'
import { PARAM_SAMPLES } from './param-samples.ts'

/** What becomes of a parameter at a provider. `refused`: a clear error, unless the caller lets it be dropped. */
export interface ParamCapability {
  readonly param: string
  readonly action: 'kept' | 'refused' | Warning['action']
  /** Why it is not kept. */
  readonly reason?: string
}

/** An endpoint of one model, as its provider takes it. */
export interface Target<E extends EndpointName> {
  readonly endpoint: Endpoint<E>
  readonly provider: Provider
  readonly codec: Codec<E>
  readonly deployment: Deployment
  /** The model's output limit, where it is known. */
  readonly maxOutputTokens?: number | undefined
}

/** Every OpenAI parameter of the endpoint with its fate, found by sending a sample of each through the translator. */
export function capabilitiesOf<E extends EndpointName>(target: Target<E>): ParamCapability[] {
  return [...target.endpoint.openaiParams]
    .filter(param => sampleOf(param, target.endpoint) !== undefined)
    .sort()
    .map(param => probe(param, target))
}

/** A request fragment that really asks for the parameter. */
export function sampleOf<E extends EndpointName>(
  param: string,
  endpoint: Endpoint<E>,
): JsonObject | undefined {
  return endpoint.paramSamples?.[param] ?? PARAM_SAMPLES[param]
}

function probe<E extends EndpointName>(param: string, target: Target<E>): ParamCapability {
  const fragment = sampleOf(param, target.endpoint) as JsonObject
  try {
    const { warnings } = translate(fragment, target)
    const about = warnings.find(warning => isAbout(warning, param))
    return about ? { param, action: about.action, reason: about.reason } : { param, action: 'kept' }
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    return { param, action: 'refused', reason: error.message }
  }
}

function isAbout({ param }: Warning, name: string): boolean {
  return param === name || param.startsWith(`${name}.`) || param.startsWith(`${name}[`)
}

/** What goes on the wire for the endpoint's sample request with a fragment, and what is said of it. */
export function translate<E extends EndpointName>(
  fragment: JsonObject,
  { endpoint, provider, codec, deployment, maxOutputTokens }: Target<E>,
): { wire: WireRequest; warnings: Warning[] } {
  const warnings: Warning[] = []
  const warn = (warning: Warning) => void warnings.push(warning)
  const { model } = deployment
  const asked = { ...endpoint.sample, model, ...fragment } as RequestOf<E>
  const strictness = { dropParams: false, additionalDropParams: [], allowedOpenaiParams: [] }
  const request = applyParamRules(asked, { endpoint, codec, provider, deployment, model }, strictness, warn)
  const info: CallInfo = {
    ...{ id: 'capabilities', now: 0, model, deployment, maxOutputTokens, warn },
    stream: fragment.stream === true,
    choices: typeof fragment.n === 'number' ? fragment.n : undefined,
  }
  const encoded = encodeWithReceipts(codec, request, info)
  return { wire: encoded.wire, warnings: [...warnings, ...encoded.warnings] }
}
