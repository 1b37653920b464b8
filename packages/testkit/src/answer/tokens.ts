/**
 * Splits text into the pieces the testkit counts as tokens and streams one per event: a word with the white space
 * after it.
 */
export function piecesOf(text: string): string[] {
  return text.match(/\S+\s*|\s+/g) ?? []
}

export function countTokens(text: string): number {
  return piecesOf(text).length
}

/** What a reply cost. `input` holds the cached and the newly cached tokens, `output` the reasoning tokens. */
export interface TokenCounts {
  readonly input: number
  readonly output: number
  readonly reasoning: number
  readonly cached: number
  readonly cacheWritten: number
}

/** Tool arguments arrive a few characters at a time, cut anywhere. */
export function argumentPieces(json: string): string[] {
  const pieces: string[] = []
  for (let at = 0; at < json.length; at += 7) pieces.push(json.slice(at, at + 7))
  return pieces
}
