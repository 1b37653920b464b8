import type { Candidate } from '../candidate.ts'
import type { Filter } from './filter.ts'

/** Deployments with this tag serve what no other tag fits. */
const DEFAULT_TAG = 'default'
/** Characters of a User-Agent that patterns are tried on: a long one must not cost the others their time. */
const LONGEST_AGENT = 256

/**
 * LiteLLM's tag routing: deployments that share a tag with the call, else those whose `tag_regex` fits its User-Agent,
 * else those tagged `default`. A call without tags goes anywhere where no deployment is a default.
 */
export const tags: Filter = {
  name: 'tags',
  prepare(ask, candidates, settings) {
    if (!settings.enableTagFiltering) return undefined
    const asked = withoutPrefix(ask.tags, settings.tagRoutingPrefix)
    const any = settings.tagFilteringMatchAny ?? true
    const agent = ask.userAgent && `User-Agent: ${ask.userAgent.slice(0, LONGEST_AGENT)}`
    const levels: ((candidate: Candidate) => boolean)[] = [
      candidate => asked.length > 0 && sharesTags(candidate, asked, any),
      ({ deployment }) =>
        agent !== undefined && (deployment.tagPatterns?.some(each => each.test(agent)) ?? false),
      ({ deployment }) => deployment.tags?.includes(DEFAULT_TAG) ?? false,
    ]
    const level = levels.find(fits => candidates.some(fits))
    if (level === undefined && asked.length === 0) return undefined
    const reason = asked.length > 0 ? `it has not the tags ${asked.join(', ')}` : 'others are the default'
    return candidate => (level?.(candidate) ? undefined : reason)
  },
}

/** LiteLLM's `tag_routing_prefix`: what begins with it is meant for routing, and is looked for without it. */
function withoutPrefix(tagsOfCall: readonly string[], prefix: string | undefined): readonly string[] {
  if (!prefix) return tagsOfCall
  return tagsOfCall.map(tag => (tag.startsWith(prefix) ? tag.slice(prefix.length) : tag))
}

function sharesTags({ deployment }: Candidate, asked: readonly string[], any: boolean): boolean {
  const own = deployment.tags
  if (own === undefined || own.length === 0) return false
  return any ? asked.some(tag => own.includes(tag)) : asked.every(tag => own.includes(tag))
}
