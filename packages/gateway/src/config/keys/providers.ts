import { CUSTOM_ENDPOINTS, type ParamRule } from 'sluice/internal'
import { type ConfigNode, toJson } from '../source/node.ts'
import { objectOf } from './read-section.ts'
import { type Section, type ValueType, works } from './row.ts'
import { choice, flag, list, map, oneOrMore, refuse, text, url } from './types.ts'

const WORDS = ['drop', 'refuse', 'keep']

/** How one parameter differs: a word, or one of the maps below. */
const paramRule: ValueType<ParamRule> = {
  name: 'drop, refuse, keep, { rename: name }, { min: 0, max: 1 }, { only: [1] } or { values: { required: any } }',
  example: '{ rename: max_tokens }',
  read: (node, key, report) => ruleOf(node) ?? refuse(paramRule, node, key, report),
}

function ruleOf(node: ConfigNode): ParamRule | undefined {
  const value = toJson(node)
  if (typeof value === 'string') return WORDS.includes(value) ? (value as ParamRule) : undefined
  if (typeof value !== 'object' || value === null) return undefined
  const rule = value as Record<string, unknown>
  const names = Object.keys(rule).join()
  if (names === 'rename') return typeof rule.rename === 'string' ? (rule as ParamRule) : undefined
  if (names === 'only') return Array.isArray(rule.only) ? (rule as ParamRule) : undefined
  if (names === 'values')
    return typeof rule.values === 'object' && rule.values ? (rule as ParamRule) : undefined
  const bounds = ['min', 'max', 'min,max', 'max,min'].includes(names)
  return bounds && Object.values(rule).every(bound => typeof bound === 'number')
    ? (rule as ParamRule)
    : undefined
}

const chatOptions = {
  name: 'providers.*.chat',
  doc: 'Differences inside messages and streams.',
  rows: {
    developer_role: works(flag, '`false`: the `developer` role is sent as `system`.'),
    stream_usage: works(flag, '`false`: the provider refuses `stream_options`.'),
    thinking: works(flag, '`true`: it takes Anthropic’s `thinking` object.'),
    names: works(flag, '`false`: messages must have no `name`.'),
    nulls: works(flag, '`false`: messages must not hold nulls.'),
    text_content: works(flag, '`true`: content must be a string; lists of nothing but text are joined.'),
    keeps: works(
      list(choice('cache_control', 'reasoning_content', 'thinking_blocks')),
      'Fields of messages beyond OpenAI’s that it understands.',
    ),
  },
} as const satisfies Section

const modelParams = {
  name: 'providers.*.model_params[]',
  doc: 'Parameter rules of some models; they win over `params`.',
  rows: {
    models: works(oneOrMore(text), 'Names, with `*` at one end.', undefined, { required: true }),
    params: works(map(paramRule), 'As `params`.', undefined, { required: true }),
  },
} as const satisfies Section

/** One OpenAI-compatible provider of the operator's own. */
export const customProvider = {
  name: 'providers.*',
  doc: 'An OpenAI-compatible provider that is not built in; models name it as their prefix.',
  rows: {
    base_url: works(url, 'Address up to the path.', 'providers', { required: true }),
    title: works(text, 'The name people know.', 'providers'),
    docs: works(url, 'Its API reference.', 'providers'),
    base_url_env: works(oneOrMore(text), 'Variables that override the address, first wins.', 'providers'),
    env: works(oneOrMore(text), 'Variables that may hold the key, first wins.', 'providers'),
    key_required: works(flag, '`false`: calls without a key may succeed.', 'providers'),
    key_header: works(text, 'Header of the key; `authorization` unless stated.', 'providers'),
    key_scheme: works(
      text,
      'Before the key: `Bearer` unless stated, nothing with `key_header`.',
      'providers',
    ),
    headers: works(map(text), 'Headers sent with every call.', 'providers'),
    path: works(text, 'Path of chat; `/chat/completions` unless stated.', 'providers'),
    endpoints: works(
      list(choice(...CUSTOM_ENDPOINTS)),
      'What it serves besides chat, at OpenAI’s paths.',
      'providers',
    ),
    chat: works(objectOf(chatOptions), 'Differences inside messages and streams.', 'providers'),
    params: works(map(paramRule), 'How parameters differ.', 'providers'),
    model_params: works(list(objectOf(modelParams)), 'How they differ at some models.', 'providers'),
    forwards: works(flag, '`true`: it hands requests on, so that nothing is left out for it.', 'providers'),
    price_name: works(text, 'Its name in the price list, when it differs.', 'providers'),
    example_models: works(list(text), 'Models shown in lists.', 'providers'),
  },
} as const satisfies Section
