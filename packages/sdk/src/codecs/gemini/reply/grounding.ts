import { isJsonObject, type JsonObject } from '../../../types/json.ts'

/**
 * `groundingMetadata` → OpenAI's `url_citation` annotations. Google counts bytes, OpenAI characters of `text`.
 * Source: https://ai.google.dev/gemini-api/docs/google-search#attributing_sources_with_inline_citations
 */
export function decodeGrounding(metadata: unknown, text: string): JsonObject[] {
  if (!isJsonObject(metadata)) return []
  const chunks = listOf(metadata.groundingChunks)
  const bytes = Buffer.from(text)
  return listOf(metadata.groundingSupports).flatMap(support => {
    const segment = isJsonObject(support.segment) ? support.segment : {}
    const indices = Array.isArray(support.groundingChunkIndices)
      ? (support.groundingChunkIndices as unknown[])
      : []
    return indices.flatMap(index => {
      const chunk = typeof index === 'number' ? chunks[index] : undefined
      const source = [chunk?.web, chunk?.retrievedContext, chunk?.maps, chunk?.image].find(isJsonObject)
      const url = source?.uri ?? source?.sourceUri
      if (source === undefined || typeof url !== 'string') return []
      return [
        {
          type: 'url_citation',
          url_citation: {
            start_index: charactersIn(bytes, segment.startIndex),
            end_index: charactersIn(bytes, segment.endIndex),
            url,
            title: typeof source.title === 'string' ? source.title : '',
          },
        },
      ]
    })
  })
}

/** Annotations of another provider's reply → `groundingMetadata`; `undefined` without citations. */
export function encodeGrounding(annotations: unknown, text: string): JsonObject | undefined {
  const chunks: JsonObject[] = []
  const supports: JsonObject[] = []
  for (const annotation of listOf(annotations)) {
    const citation = annotation.url_citation
    if (!isJsonObject(citation) || typeof citation.url !== 'string') continue
    let index = chunks.findIndex(({ web }) => isJsonObject(web) && web.uri === citation.url)
    if (index === -1) index = chunks.push({ web: { uri: citation.url, title: citation.title ?? '' } }) - 1
    const start = Number(citation.start_index ?? 0)
    const end = Number(citation.end_index ?? 0)
    supports.push({
      segment: {
        startIndex: Buffer.byteLength(text.slice(0, start)),
        endIndex: Buffer.byteLength(text.slice(0, end)),
        text: text.slice(start, end),
      },
      groundingChunkIndices: [index],
    })
  }
  return chunks.length > 0 ? { groundingChunks: chunks, groundingSupports: supports } : undefined
}

/** How many searches Google ran; it charges for them. */
export function countSearches(metadata: unknown): number {
  return isJsonObject(metadata) && Array.isArray(metadata.webSearchQueries)
    ? metadata.webSearchQueries.length
    : 0
}

function charactersIn(bytes: Buffer, index: unknown): number {
  return typeof index === 'number' ? bytes.subarray(0, index).toString().length : 0
}

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? (value as unknown[]).filter(isJsonObject) : []
}
