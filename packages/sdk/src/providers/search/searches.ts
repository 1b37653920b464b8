import type { Provider } from '../provider.ts'
import { AGENT_SEARCHES } from './agent-searches.ts'
import { ENGINE_SEARCHES } from './engine-searches.ts'
import { type SearchRow, searchProvider } from './search-provider.ts'

/** Every search service that is nothing else, by LiteLLM's `search_provider`. */
export const searches: readonly Provider[] = Object.entries({ ...AGENT_SEARCHES, ...ENGINE_SEARCHES }).map(
  ([name, row]: [string, SearchRow]) => searchProvider(name, row),
)
