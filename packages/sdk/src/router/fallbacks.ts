import type { SluiceError } from '../errors.ts'

type Lists = ReadonlyMap<string, readonly string[]>

export interface FallbackSettings {
  readonly fallbacks: Lists
  readonly defaultFallbacks: readonly string[]
  readonly contextWindowFallbacks: Lists
  readonly contentPolicyFallbacks: Lists
  readonly maxFallbacks: number
}

/** Kinds that another model cannot mend: the request itself is at fault, or nobody waits for the answer. */
const HOPELESS = new Set([
  'bad_request',
  'unsupported_params',
  'image_fetch',
  'unknown_provider',
  'too_large',
  'unprocessable',
  'aborted',
  'budget',
])

/** The groups to try after `group` failed with `error`, in order. A list for one kind does not hide the general one. */
export function fallbacksFor(
  group: string,
  error: SluiceError,
  settings: FallbackSettings,
): readonly string[] {
  const general = [...(listOf(settings.fallbacks, group) ?? []), ...settings.defaultFallbacks]
  if (error.kind === 'context_window')
    return [...(listOf(settings.contextWindowFallbacks, group) ?? []), ...general]
  if (error.kind === 'content_policy')
    return [...(listOf(settings.contentPolicyFallbacks, group) ?? []), ...general]
  return HOPELESS.has(error.kind) ? [] : general
}

/** Every group that may be tried after `group`, whatever went wrong with it. */
export function anyFallbacksOf(group: string, settings: FallbackSettings): readonly string[] {
  const { fallbacks, contextWindowFallbacks, contentPolicyFallbacks, defaultFallbacks } = settings
  const lists = [fallbacks, contextWindowFallbacks, contentPolicyFallbacks]
  return [...lists.flatMap(list => listOf(list, group) ?? []), ...defaultFallbacks]
}

function listOf(lists: Lists, group: string): readonly string[] | undefined {
  return lists.get(group) ?? lists.get('*')
}
