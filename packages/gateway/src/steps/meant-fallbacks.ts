import type { CallOptions, Fallback, FallbackOption } from 'sluice/internal'

type FallbackOptions = Pick<CallOptions, 'fallbacks' | 'contextWindowFallbacks' | 'contentPolicyFallbacks'>

/**
 * A call's own fallbacks under the names its key's aliases stand for. A name is allowed by what its alias means, so it
 * must never reach a group that happens to have the alias's name.
 */
export function meantFallbacks(said: FallbackOptions, aliases: ReadonlyMap<string, string>): FallbackOptions {
  const { fallbacks, contextWindowFallbacks, contentPolicyFallbacks } = said
  if (aliases.size === 0) return { fallbacks, contextWindowFallbacks, contentPolicyFallbacks }
  return {
    fallbacks: meant(fallbacks, aliases),
    contextWindowFallbacks: meant(contextWindowFallbacks, aliases),
    contentPolicyFallbacks: meant(contentPolicyFallbacks, aliases),
  }
}

function meant(option: FallbackOption | undefined, aliases: ReadonlyMap<string, string>) {
  const name = (said: string) => aliases.get(said) ?? said
  const target = (said: Fallback): Fallback =>
    typeof said === 'string' ? name(said) : { ...said, model: name(said.model) }
  if (option === undefined) return undefined
  if (isList(option)) return option.map(target)
  return new Map([...option].map(([group, list]) => [name(group), list.map(target)]))
}

function isList(option: FallbackOption): option is readonly Fallback[] {
  return Array.isArray(option)
}
