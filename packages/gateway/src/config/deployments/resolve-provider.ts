import { resolveModel, UnknownProviderError } from 'sluice/internal'
import { nearest } from '../nearest.ts'
import type { Report } from '../report.ts'
import type { Place } from '../source/node.ts'

/** The provider of a deployment whose model is `*` alone: told by each request's own model name. */
export const ANY_PROVIDER = '*'

/** The provider and the upstream model of one deployment; undefined after a problem was reported. */
export function resolveProvider(
  written: { readonly model: string; readonly provider: string | undefined },
  providers: ReadonlyMap<string, unknown>,
  place: Place,
  key: string,
  report: Report,
): { readonly provider: string; readonly model: string } | undefined {
  const { model, provider } = written
  if (model === '*' && provider === undefined) return { provider: ANY_PROVIDER, model }
  try {
    return resolveModel(model, providers, provider)
  } catch (error) {
    if (!(error instanceof UnknownProviderError)) throw error
    const named = provider ?? (model.includes('/') ? model.slice(0, model.indexOf('/')) : undefined)
    const close = named === undefined ? undefined : nearest(named, providers.keys())
    const message =
      named === undefined
        ? `no provider can be told from the model ${JSON.stringify(model)}`
        : `unknown provider ${JSON.stringify(named)}${close ? `; did you mean ${close}?` : ''}`
    report.problem(place, key, message, 'Write model: provider/model, or set custom_llm_provider.')
    return undefined
  }
}
