/** How many of the query's words the document has, of all of them; never quite 0 or 1. */
export function scoreOf(query: string, document: string): number {
  const words = (value: string) => value.toLowerCase().match(/\p{L}+|\p{N}+/gu) ?? []
  const known = new Set(words(document))
  const asked = words(query)
  const hits = asked.filter(word => known.has(word)).length
  return Number((0.01 + (0.98 * hits) / Math.max(1, asked.length)).toFixed(6))
}
