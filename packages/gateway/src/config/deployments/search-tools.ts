import { type Deployment, type JsonObject, SEARCH_GROUP } from 'sluice/internal'
import type { searchTool } from '../keys/list-sections.ts'
import type { Values } from '../keys/row.ts'
import type { Report } from '../report.ts'
import type { MapNode } from '../source/node.ts'
import { deploymentId } from './deployment-id.ts'

type Tool = Values<typeof searchTool.rows>

/** A search service has one thing to offer. */
const MODEL = 'search'

/** Keys of `litellm_params` that have a place of their own; the others go along with every search. */
const OWN = new Set(['search_provider', 'api_key', 'api_base', 'timeout', 'max_retries'])

/** `search_tools` as deployments; tools of one name are balanced. Every unknown provider is reported. */
export function searchToolDeployments(
  tools: readonly Tool[],
  root: MapNode,
  providers: ReadonlyMap<string, { readonly endpoints: object }>,
  report: Report,
): readonly Deployment[] {
  const list = root.entries.get('search_tools')?.value
  return tools.flatMap((tool, index) => {
    const { search_tool_name: name, litellm_params: params } = tool
    const provider = params?.search_provider
    if (name === undefined || params === undefined || provider === undefined) return []
    if (!('search' in (providers.get(provider)?.endpoints ?? {}))) {
      const node = list?.kind === 'list' ? list.items[index] : undefined
      report.problem(
        (node ?? root).place,
        `search_tools[${index}].litellm_params.search_provider`,
        `"${provider}" is not a search provider`,
        `Use one of ${searchers(providers)}.`,
      )
      return []
    }
    return [deploymentOf(SEARCH_GROUP + name, provider, params)]
  })
}

function deploymentOf(
  group: string,
  provider: string,
  params: NonNullable<Tool['litellm_params']>,
): Deployment {
  const others: JsonObject = Object.fromEntries(Object.entries(params).filter(([key]) => !OWN.has(key)))
  return {
    id: deploymentId(group, params),
    group,
    provider,
    model: MODEL,
    apiKey: params.api_key,
    apiBase: params.api_base?.replace(/\/+$/, ''),
    timeoutMs: params.timeout === undefined ? undefined : Math.round(params.timeout * 1000),
    retries: params.max_retries,
    ...(Object.keys(others).length > 0 && { params: others }),
  }
}

function searchers(providers: ReadonlyMap<string, { readonly endpoints: object }>): string {
  return [...providers]
    .filter(([, { endpoints }]) => 'search' in endpoints)
    .map(([name]) => name)
    .sort()
    .join(', ')
}
