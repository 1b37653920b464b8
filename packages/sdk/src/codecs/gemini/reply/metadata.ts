import type { JsonObject } from '../../../types/json.ts'

/** What Google tells of its candidates → where LiteLLM's users look for it: lists on the reply itself. */
const LISTS: readonly (readonly [string, string])[] = [
  ['groundingMetadata', 'vertex_ai_grounding_metadata'],
  ['urlContextMetadata', 'vertex_ai_url_context_metadata'],
  ['safetyRatings', 'vertex_ai_safety_results'],
  ['citationMetadata', 'vertex_ai_citation_metadata'],
]

/** LiteLLM's names for the metadata of a reply, or of one piece of a stream; only those that say something. */
export function replyMetadata(candidates: readonly JsonObject[]): JsonObject {
  const metadata: JsonObject = {}
  for (const [name, key] of LISTS) {
    const told = candidates.map(candidate => candidate[name]).filter(value => value != null)
    if (told.length > 0) metadata[key] = told
  }
  return metadata
}
