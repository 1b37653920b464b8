import { badRequest } from 'sluice/internal'
import type { SpendSettings } from '../config/settings.ts'

/** A program that names itself at length is known by the beginning. */
const LONGEST_AGENT = 120
const NONE: readonly string[] = []

/**
 * Tags that spend is counted under and nothing else is: values of the operator's headers, and the client's program as
 * LiteLLM writes it (`User-Agent: curl`, `User-Agent: curl/8.5`).
 */
export function spendTagsOf(
  hints: { readonly userAgent?: string | undefined; readonly tagged?: readonly string[] | undefined },
  { tagUserAgent }: Pick<SpendSettings, 'tagUserAgent'>,
): readonly string[] {
  const agent = tagUserAgent ? hints.userAgent?.slice(0, LONGEST_AGENT).trim() : undefined
  if (!agent) return hints.tagged ?? NONE
  const slash = agent.indexOf('/')
  const named =
    slash > 0 ? [`User-Agent: ${agent.slice(0, slash)}`, `User-Agent: ${agent}`] : [`User-Agent: ${agent}`]
  return hints.tagged ? [...hints.tagged, ...named] : named
}

/** Refuses tags of a caller where the operator wants none (`reject_clientside_metadata_tags`), naming where they stand. */
export function refuseClientTags(
  given: { readonly metadata: unknown; readonly body: unknown; readonly header: unknown },
  { refuseClientTags: isOn }: Pick<SpendSettings, 'refuseClientTags'>,
): void {
  if (!isOn) return
  const at =
    given.metadata !== undefined
      ? 'metadata.tags'
      : given.body !== undefined
        ? 'tags'
        : given.header !== undefined
          ? 'x-litellm-tags'
          : undefined
  if (at === undefined) return
  throw badRequest(
    `${at}: tags of callers are not accepted here. Leave them out; keys and teams bring their own.`,
    at,
  )
}
