import {
  type Catalogue,
  type Cost,
  costOf,
  factsOfDeployment,
  type ModelFacts,
  providers,
  type RouteTable,
  resolveModel,
  SluiceError,
  type Usage,
  withTerms,
} from 'sluice/internal'

/** What a model is and costs, by the name of a group or of a provider's model. */
export interface Quoted {
  readonly provider: string
  readonly model: string
  readonly facts: ModelFacts | undefined
}

/** The first deployment of a group of that name, else the provider's model. Throws `BadRequestError` for neither. */
export function findQuoted(
  name: string,
  { routes, catalogue }: { readonly routes: RouteTable; readonly catalogue: Catalogue },
): Quoted {
  const [deployment] = deploymentsOf(name, routes)
  if (deployment !== undefined) {
    const { provider, model } = deployment
    return { provider, model, facts: factsOfDeployment(catalogue, deployment) }
  }
  const { provider, model } = resolveModel(name, providers)
  return { provider, model, facts: catalogue.find(provider, model) }
}

/** What a usage costs, on the operator's terms. */
export function quote({ provider, facts }: Quoted, usage: Usage, catalogue: Catalogue, now: number): Cost {
  return withTerms(costOf(usage, facts?.price, { now, provider }), catalogue.termsOf?.(provider))
}

function deploymentsOf(model: string, routes: RouteTable) {
  try {
    return routes.reachable({ model, disableFallbacks: true })
  } catch (error) {
    // A name that no group has may still be a provider's.
    if (error instanceof SluiceError) return []
    throw error
  }
}
