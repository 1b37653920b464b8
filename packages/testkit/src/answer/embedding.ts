import { createHash } from 'node:crypto'

/** A unit vector derived from the text: equal texts give equal vectors. */
export function embeddingOf(text: string, dimensions: number): number[] {
  const vector: number[] = []
  for (let block = 0; vector.length < dimensions; block++) {
    const bytes = createHash('sha256').update(`${block}\n${text}`).digest()
    for (let at = 0; at < bytes.length && vector.length < dimensions; at += 2) {
      vector.push(bytes.readUInt16LE(at) / 32_767.5 - 1)
    }
  }
  const length = Math.hypot(...vector) || 1
  return vector.map(value => Math.fround(value / length))
}
