import {
  providers as builtIn,
  type CustomProviderRow,
  customProvider as make,
  type ParamRule,
  type Provider,
} from 'sluice/internal'
import type { customProvider } from '../keys/providers.ts'
import type { Values } from '../keys/row.ts'
import type { Report } from '../report.ts'
import type { MapNode } from '../source/node.ts'

type Read = Values<typeof customProvider.rows>

/** Every provider that may be called: the SDK's and the operator's. A built-in name is refused, not replaced. */
export function allProviders(
  rows: ReadonlyMap<string, Read> | undefined,
  root: MapNode,
  report: Report,
): ReadonlyMap<string, Provider> {
  if (rows === undefined || rows.size === 0) return builtIn
  const all = new Map(builtIn)
  for (const [name, row] of rows) {
    const problem = problemWith(name)
    if (problem === undefined) all.set(name, make(name, rowOf(row)))
    else {
      const place = root.entries.get('providers')?.place ?? root.place
      report.problem(place, `providers.${name}`, problem, 'Choose another name.')
    }
  }
  return all
}

function problemWith(name: string): string | undefined {
  if (builtIn.has(name)) return `"${name}" is built in; its address is changed with api_base`
  return /^[a-z][a-z0-9_-]*$/.test(name) ? undefined : 'a name is lower-case letters, digits, _ and -'
}

function rowOf(read: Read): CustomProviderRow {
  const { chat, params, model_params: modelParams, headers, ...rest } = read
  const found = {
    title: rest.title,
    docs: rest.docs,
    baseUrl: rest.base_url,
    baseUrlEnv: rest.base_url_env,
    env: rest.env,
    keyRequired: rest.key_required === false ? false : undefined,
    keyHeader: rest.key_header,
    keyScheme: rest.key_scheme,
    headers: headers && Object.fromEntries([...headers].map(([name, value]) => [name.toLowerCase(), value])),
    path: rest.path,
    endpoints: rest.endpoints,
    chat: chat && chatOf(chat),
    params: params && Object.fromEntries(params),
    modelParams: modelParams?.map(({ models = [], params: rules = new Map<string, ParamRule>() }) => ({
      models,
      params: Object.fromEntries(rules),
    })),
    forwards: rest.forwards || undefined,
    priceName: rest.price_name,
    exampleModels: rest.example_models,
  }
  return stated(found) as unknown as CustomProviderRow
}

function chatOf(chat: NonNullable<Read['chat']>): CustomProviderRow['chat'] {
  return stated({
    developerRole: chat.developer_role,
    streamUsage: chat.stream_usage,
    thinking: chat.thinking,
    names: chat.names === false ? false : undefined,
    nulls: chat.nulls === false ? false : undefined,
    textContent: chat.text_content || undefined,
    keeps: chat.keeps,
  })
}

/** Without what nobody wrote. */
function stated<T extends object>(found: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>
  }
}
