import type { Binding, Provider } from '../../../../providers/provider.ts'
import { providers } from '../../../../providers/registry.ts'
import type { EndpointName } from '../../../../types/endpoint-map.ts'
import type { CASES } from './cases/all.ts'
import { MODELS } from './models.ts'

/** A codec of an endpoint with the first provider that binds it, and a model it is asked for. */
export interface Column {
  readonly endpoint: keyof typeof CASES
  readonly format: string
  readonly provider: Provider
  readonly binding: Binding
  readonly model: string
}

/** One column for each model to be looked at of every codec object in the registry. */
export const columns: readonly Column[] = codecsIn(providers.values())

/** Columns by the snapshot they share: `<endpoint>-<format>`. */
export const sheets: ReadonlyMap<string, readonly Column[]> = Map.groupBy(
  columns,
  ({ endpoint, format }) => `${endpoint}-${format}`,
)

function codecsIn(all: Iterable<Provider>): Column[] {
  const seen = new Set<unknown>()
  const found: Column[] = []
  for (const provider of all)
    for (const [name, bindings] of Object.entries(provider.endpoints) as [EndpointName, Binding[]][])
      for (const binding of bindings) {
        // Chat has a matrix of its own, and who answers by himself sends nothing.
        if (name === 'chat' || provider.answer || seen.has(binding.codec)) continue
        seen.add(binding.codec)
        const { format } = binding.codec
        for (const model of modelsOf(name, provider, binding, bindings))
          found.push({ endpoint: name, format, provider, binding, model })
      }
  return found
}

/** The models named for the endpoint that this very binding is chosen for; a made-up one where none is. */
function modelsOf(
  endpoint: EndpointName,
  provider: Provider,
  binding: Binding,
  bindings: readonly Binding[],
): readonly string[] {
  const named = MODELS[`${provider.name} ${endpoint}`] ?? []
  const own = named.filter(model => bindings.find(({ serves }) => serves?.(model) ?? true) === binding)
  return own.length > 0 ? own : ['a-model']
}
