import type { SluiceError } from '../errors.ts'
import type { JsonObject } from '../types/json.ts'
import { NO_BUDGET_LEFT } from './budgets/within-budgets.ts'
import { NO_CAPABLE_DEPLOYMENT } from './filters/refusal.ts'
import { capture, type GroupAlias } from './groups.ts'

/** A group, alias or deployment to try, by name, or with what it is asked instead. */
export type Fallback = string | FallbackTarget

export interface FallbackTarget {
  readonly model: string
  /** Laid over the request: `{ messages: […], max_tokens: 100 }`. */
  readonly params?: Readonly<JsonObject> | undefined
  /** Where it is and with whose key it is called, where the caller may say so. */
  readonly options?: FallbackCredentials | undefined
}

export interface FallbackCredentials {
  readonly apiKey?: string | undefined
  readonly apiBase?: string | undefined
  readonly apiVersion?: string | undefined
  readonly organization?: string | undefined
  readonly provider?: string | undefined
}

/** group → what to try, in order. A group may be a pattern (`azure/*`), or `*` for every group without a list. */
export type FallbackLists = ReadonlyMap<string, readonly Fallback[]>

/** Lists per group, or one list for every group. */
export type FallbackOption = readonly Fallback[] | FallbackLists

export interface FallbackSettings {
  readonly fallbacks: FallbackLists
  readonly defaultFallbacks: readonly Fallback[]
  readonly contextWindowFallbacks: FallbackLists
  readonly contentPolicyFallbacks: FallbackLists
  readonly maxFallbacks: number
  /** A list of the group counts for its aliases too, unless they have their own. */
  readonly groupAliases?: ReadonlyMap<string, GroupAlias> | undefined
}

/** What one call says of its fallbacks; each replaces the configured lists of its kind. */
export interface FallbackOptions {
  readonly fallbacks?: FallbackOption | undefined
  readonly contextWindowFallbacks?: FallbackOption | undefined
  readonly contentPolicyFallbacks?: FallbackOption | undefined
  readonly disableFallbacks?: boolean | undefined
}

/** Kinds that another model cannot mend: the request itself is at fault, or nobody waits for the answer. */
const HOPELESS: ReadonlySet<string> = new Set([
  'bad_request',
  'unsupported_params',
  'image_fetch',
  'unknown_provider',
  'too_large',
  'unprocessable',
  'aborted',
  'budget',
])

/** The settings with a call's own lists in them. */
export function withOptions(settings: FallbackSettings, options: FallbackOptions): FallbackSettings {
  const { fallbacks, contextWindowFallbacks: context, contentPolicyFallbacks: policy } = options
  if (!fallbacks && !context && !policy) return settings
  return {
    fallbacks: listsOf(fallbacks) ?? settings.fallbacks,
    contextWindowFallbacks: listsOf(context) ?? settings.contextWindowFallbacks,
    contentPolicyFallbacks: listsOf(policy) ?? settings.contentPolicyFallbacks,
    defaultFallbacks: settings.defaultFallbacks,
    maxFallbacks: settings.maxFallbacks,
    groupAliases: settings.groupAliases,
  }
}

/** What to try after `group` failed with `error`, in order. A list for one kind does not hide the general one. */
export function fallbacksFor(
  group: string,
  error: SluiceError,
  settings: FallbackSettings,
): readonly FallbackTarget[] {
  const of = (lists: FallbackLists) => listOf(lists, group, settings.groupAliases)
  const general = [...of(settings.fallbacks), ...settings.defaultFallbacks]
  if (error.kind === 'context_window')
    return [...of(settings.contextWindowFallbacks), ...general].map(targetOf)
  if (error.kind === 'content_policy')
    return [...of(settings.contentPolicyFallbacks), ...general].map(targetOf)
  const hopeless =
    HOPELESS.has(error.kind) && error.code !== NO_CAPABLE_DEPLOYMENT && error.code !== NO_BUDGET_LEFT
  return hopeless ? [] : general.map(targetOf)
}

/** Everything that may be tried after `group`, whatever went wrong with it. */
export function anyFallbacksOf(group: string, settings: FallbackSettings): readonly FallbackTarget[] {
  const { fallbacks, contextWindowFallbacks, contentPolicyFallbacks, defaultFallbacks } = settings
  const lists = [fallbacks, contextWindowFallbacks, contentPolicyFallbacks]
  return [...lists.flatMap(list => listOf(list, group, settings.groupAliases)), ...defaultFallbacks].map(
    targetOf,
  )
}

/** Everything a call itself names to fall back on: what its caller must be allowed to use. */
export function namedFallbacks(options: FallbackOptions): readonly FallbackTarget[] {
  const { fallbacks, contextWindowFallbacks, contentPolicyFallbacks } = options
  if (!fallbacks && !contextWindowFallbacks && !contentPolicyFallbacks) return NOWHERE
  return [fallbacks, contextWindowFallbacks, contentPolicyFallbacks].flatMap(option =>
    [...(listsOf(option)?.values() ?? [])].flat().map(targetOf),
  )
}

function listsOf(option: FallbackOption | undefined): FallbackLists | undefined {
  return isList(option) ? new Map([['*', option]]) : option
}

function isList(option: FallbackOption | undefined): option is readonly Fallback[] {
  return Array.isArray(option)
}

/** The name's own list, its group's, that of its name without provider, of the most specific pattern, or of every group. */
function listOf(
  lists: FallbackLists,
  name: string,
  aliases: FallbackSettings['groupAliases'],
): readonly Fallback[] {
  if (lists.size === 0) return NONE
  const group = aliases?.get(name)?.group ?? name
  const own = lists.get(name) ?? lists.get(group) ?? lists.get(group.slice(group.indexOf('/') + 1))
  if (own) return own
  let best = '*'
  for (const pattern of lists.keys())
    if (pattern.length > best.length && pattern.includes('*') && capture(pattern, group)) best = pattern
  return lists.get(best) ?? NONE
}

function targetOf(fallback: Fallback): FallbackTarget {
  return typeof fallback === 'string' ? { model: fallback } : fallback
}

const NONE: readonly Fallback[] = []
const NOWHERE: readonly FallbackTarget[] = []
