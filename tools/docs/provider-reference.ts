import type { Provider } from '../../packages/sdk/src/providers/provider.ts'
import { providers } from '../../packages/sdk/src/providers/registry.ts'
import { code, codes, table } from './table.ts'

/** Every provider as a Markdown table; the generated part of docs/reference/providers.md. */
export function providerReference(): string {
  const rows = [...providers.values()].sort((a, b) => (a.name < b.name ? -1 : 1)).map(row)
  return `${rows.length} providers.\n\n${table(['name', 'who', 'key', 'base URL', 'endpoints'], rows)}`
}

function row(provider: Provider): readonly string[] {
  const { name, title, docs, credentials, endpoints } = provider
  return [
    code(name),
    `[${title}](${docs.startsWith('http') ? docs : docs.replace(/^docs\//, '../')})`,
    keyOf(credentials),
    baseOf(provider),
    Object.keys(endpoints).join(', '),
  ]
}

function keyOf({ env, required }: Provider['credentials']): string {
  if (env.length === 0) return 'none'
  return required ? codes(env) : `${codes(env)}, optional`
}

function baseOf({ baseUrl, baseUrlEnv = [] }: Provider): string {
  const own = typeof baseUrl === 'string' ? code(baseUrl) : 'yours: `api_base`'
  return baseUrlEnv.length === 0 ? own : `${own} or ${codes(baseUrlEnv)}`
}
