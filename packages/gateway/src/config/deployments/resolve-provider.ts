import { resolveModel, UnknownProviderError } from 'sluice/internal'
import { nearest } from '../nearest.ts'
import type { Report } from '../report.ts'
import type { Place } from '../source/node.ts'

/** The provider of a deployment whose model is `*` alone: told by each request's own model name. */
export const ANY_PROVIDER = '*'

/** The provider and the upstream model of one deployment; undefined after a problem was reported. */
export function resolveProvider(
  written: {
    readonly model: string
    readonly provider: string | undefined
    readonly apiBase?: string | undefined
  },
  providers: ReadonlyMap<string, unknown>,
  place: Place,
  key: string,
  report: Report,
): { readonly provider: string; readonly model: string } | undefined {
  const { model, provider, apiBase } = written
  if (model === '*' && provider === undefined) return { provider: ANY_PROVIDER, model }
  try {
    return resolveModel(model, providers, provider, apiBase)
  } catch (error) {
    if (!(error instanceof UnknownProviderError)) throw error
    const message = explain(model, provider, providers)
    report.problem(place, key, message, 'Write model: provider/model, or set custom_llm_provider.')
    return undefined
  }
}

function explain(
  model: string,
  provider: string | undefined,
  providers: ReadonlyMap<string, unknown>,
): string {
  const slash = model.indexOf('/')
  const named = provider ?? (slash > 0 ? model.slice(0, slash) : undefined)
  if (named === undefined) return `no provider can be told from the model ${JSON.stringify(model)}`
  if (providers.has(named)) return `the model ${JSON.stringify(model)} has no name behind its provider`
  const close = nearest(named, providers.keys())
  return `unknown provider ${JSON.stringify(named)}${close ? `; did you mean ${close}?` : ''}`
}
