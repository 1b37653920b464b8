import { FILES_BASE, mimeTypeOf } from './media.ts'
import { generationOf } from './model-family.ts'

/** Google knows these by themselves: videos, and what was uploaded to it. */
const KNOWN_PLACES = [
  FILES_BASE,
  'https://www.youtube.com/',
  'https://youtube.com/',
  'https://m.youtube.com/',
  'https://youtu.be/',
]

/**
 * Whether Google fetches the media by its address: encrypted, and of a kind that the address tells, because Google
 * must be told. Source: https://ai.google.dev/gemini-api/docs/file-input-methods
 */
export function isFetchedByGoogle(url: string): boolean {
  if (isKnownPlace(url)) return true
  return url.startsWith('https://') && mimeTypeOf(url) !== undefined
}

/** The Gemini API fetches foreign addresses for Gemini 2.5 and later. */
export function isTooOldToFetch(url: string, model: string): boolean {
  return !isKnownPlace(url) && (model.includes('gemma') || (generationOf(model) ?? 2.5) < 2.5)
}

function isKnownPlace(url: string): boolean {
  return KNOWN_PLACES.some(place => url.startsWith(place))
}
