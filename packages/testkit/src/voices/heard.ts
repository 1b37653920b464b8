import { piecesOf } from '../answer/tokens.ts'
import type { WireCall } from '../wire/call.ts'
import { Upload } from '../wire/form.ts'

/** What is understood of a recording. */
export interface Heard {
  readonly text: string
  readonly seconds: number
  /** Times in seconds. */
  readonly words: readonly { readonly text: string; readonly start: number; readonly end: number }[]
}

/** A scripted text, else one that tells how much came. A second for each 1,000 bytes begun, two words each. */
export function heardIn(bytes: Buffer, said: string | undefined): Heard {
  const text = said ?? `I hear ${bytes.length} bytes.`
  const seconds = Math.ceil(bytes.length / 1_000)
  const pieces = piecesOf(text).map(piece => piece.trim())
  const each = seconds / Math.max(1, pieces.length)
  const words = pieces.map((word, index) => ({ text: word, start: index * each, end: (index + 1) * each }))
  return { text, seconds, words }
}

/** The file of a form. */
export function uploadIn({ body }: WireCall): Buffer {
  return body.file instanceof Upload ? body.file.bytes : Buffer.alloc(0)
}

/** Who says the word at this place: two voices take turns after two words. */
export function speakerAt(index: number): number {
  return Math.floor(index / 2) % 2
}
