import { createError } from '../../errors.ts'
import { providerOfName } from './model-names.ts'

export interface ResolvedModel {
  readonly provider: string
  readonly model: string
}

/** What resolving needs to know of a provider. */
interface Addressed {
  readonly baseUrl?: unknown
}

type Known = ReadonlyMap<string, unknown>

/**
 * `provider/model` → both parts, in LiteLLM's order: a given provider wins, then a known prefix, then the provider whose
 * address `apiBase` is, then a bare name of a known family. Throws `UnknownProviderError`.
 */
export function resolveModel(model: string, known: Known, given?: string, apiBase?: string): ResolvedModel {
  if (given !== undefined) {
    if (!known.has(given))
      throw unknownProvider(`custom_llm_provider: "${given}" is not a known provider.`, model)
    return specialised(given, model.startsWith(`${given}/`) ? model.slice(given.length + 1) : model, known)
  }
  const slash = model.indexOf('/')
  if (slash > 0) {
    const prefix = model.slice(0, slash)
    if (known.has(prefix) && slash + 1 < model.length)
      return specialised(prefix, model.slice(slash + 1), known)
  }
  const provider = (apiBase && model && providerAt(apiBase, known)) || providerOfName(model)
  if (provider !== undefined && known.has(provider)) return { provider, model }
  throw unknownProvider(
    `model: "${model}" names no known provider. Write it as "provider/model", for example "openai/gpt-4o".`,
    model,
  )
}

/** Models that LiteLLM calls through another door of the same vendor. */
const SPECIAL: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {
  // Azure serves these under OpenAI's paths, at the address of the deployment.
  azure: [[/^(command-r|mistral-(large|medium|small|tiny))/, 'openai']],
  anthropic: [[/^claude-(2|instant)/, 'anthropic_text']],
  cohere: [[/^(command|c4ai-)/, 'cohere_chat']],
}

function specialised(provider: string, model: string, known: Known): ResolvedModel {
  const rows = Object.hasOwn(SPECIAL, provider) ? SPECIAL[provider] : undefined
  const row = rows?.find(([pattern, other]) => known.has(other) && pattern.test(model))
  return { provider: row?.[1] ?? provider, model }
}

/** Addresses besides the usual ones. */
const ALIASES: Readonly<Record<string, string>> = {
  'api.together.ai': 'together_ai',
  'api.minimaxi.com': 'minimax',
  'api.moonshot.cn': 'moonshot',
  'open.bigmodel.cn': 'zai',
  'ollama.com': 'ollama',
}

/** The first provider at home at the address. Hosts must be equal: `api.groq.com.evil.example` is nobody's. */
function providerAt(apiBase: string, known: Known): string | undefined {
  const host = URL.parse(apiBase.includes('://') ? apiBase : `https://${apiBase}`)?.host
  if (host === undefined || host.startsWith('localhost') || host.startsWith('127.')) return undefined
  for (const [name, value] of known) {
    const { baseUrl } = value as Addressed
    if (typeof baseUrl === 'string' && URL.parse(baseUrl)?.host === host) return name
  }
  return Object.hasOwn(ALIASES, host) ? ALIASES[host] : undefined
}

function unknownProvider(message: string, model: string) {
  return createError({ kind: 'unknown_provider', message, param: 'model', model })
}
