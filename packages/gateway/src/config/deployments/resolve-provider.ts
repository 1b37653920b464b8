import { type Provider, UnknownProviderError } from 'sluice/internal'
import { nearest } from '../nearest.ts'
import type { Report } from '../report.ts'
import type { Place } from '../source/node.ts'

/** Splits LiteLLM's `provider/model`; throws `UnknownProviderError` when no provider can be told. */
export type ResolveModel = (
  model: string,
  given?: { provider?: string; apiBase?: string },
) => { provider: string; model: string }

/** The provider of a deployment whose model is `*` alone: told by each request's own model name. */
export const ANY_PROVIDER = '*'

/** The provider and the upstream model of one deployment; undefined after a problem was reported. */
export function resolveProvider(
  written: {
    readonly model: string
    readonly provider: string | undefined
    readonly apiBase: string | undefined
  },
  options: { readonly resolveModel: ResolveModel; readonly providers: readonly Provider[] },
  place: Place,
  key: string,
  report: Report,
): { provider: string; model: string } | undefined {
  const { model, provider, apiBase } = written
  if (model === '*' && provider === undefined) return { provider: ANY_PROVIDER, model }
  try {
    return options.resolveModel(model, {
      ...(provider === undefined ? {} : { provider }),
      ...(apiBase === undefined ? {} : { apiBase }),
    })
  } catch (error) {
    if (!(error instanceof UnknownProviderError)) throw error
    const named = provider ?? (model.includes('/') ? model.slice(0, model.indexOf('/')) : undefined)
    const close =
      named === undefined
        ? undefined
        : nearest(
            named,
            options.providers.map(known => known.name),
          )
    const message =
      named === undefined
        ? `no provider can be told from the model ${JSON.stringify(model)}`
        : `unknown provider ${JSON.stringify(named)}${close ? `; did you mean ${close}?` : ''}`
    report.problem(place, key, message, 'Write model: provider/model, or set custom_llm_provider.')
    return undefined
  }
}
