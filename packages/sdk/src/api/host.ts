import { readEnvironment } from '../credentials/env.ts'
import { type Catalogue, createCatalogue, factsOfDeployment } from '../models/catalogue.ts'
import { maxOutputTokens } from '../models/model-facts.ts'
import { providers } from '../providers/registry.ts'
import type { RoutingHost } from '../router/router.ts'
import {
  createMediaFetcher,
  DEFAULT_MEDIA_POLICY,
  type MediaPolicy,
} from '../transport/media/media-fetcher.ts'
import { createTransport } from '../transport/undici-transport.ts'

const MAX_RESPONSE_BYTES = 256 * 1024 * 1024

/** The catalogue of prices and limits that the SDK's functions share. */
export const catalogue: Catalogue = createCatalogue()

let shared: RoutingHost | undefined

/** The surroundings of the SDK's calls, made when the first call needs them. */
export function sdkHost(): RoutingHost {
  shared ??= createHost(catalogue, readEnvironment, MAX_RESPONSE_BYTES)
  return shared
}

/** Surroundings on real clocks and sockets. `secret` reads the first set of some environment variables. */
export function createHost(
  prices: Catalogue,
  secret: (names: readonly string[]) => string | undefined,
  maxResponseBytes: number,
  media: () => MediaPolicy = () => DEFAULT_MEDIA_POLICY,
): RoutingHost {
  const transport = createTransport()
  return {
    transport,
    providers,
    secret,
    media: createMediaFetcher(media),
    signing: { now: Date.now, secret, exchange: transport.exchange },
    maxOutputTokens: deployment => maxOutputTokens(factsOfDeployment(prices, deployment)),
    maxResponseBytes,
    now: Date.now,
    random: Math.random,
    facts: (deployment, variants) => factsOfDeployment(prices, deployment, variants),
    terms: () => prices.termsOf,
    onStrategyFault: ({ strategy, message, count }) =>
      process.emitWarning(
        `The routing strategy ${strategy} failed (${count} so far), and simple-shuffle chose in its place: ${message}.`,
        'SluiceWarning',
      ),
  }
}
