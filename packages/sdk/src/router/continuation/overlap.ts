/** As much of either side is compared. */
const WINDOW = 200
/** What a word begun anew must have, and what other repetitions must, to be no coincidence. Characters. */
const LEAST_WORD = 3
const LEAST_PHRASE = 12

/**
 * How many characters at the start of `head` repeat the end of `said`, for a model that begins again a little before the
 * place where it was to go on. `undefined` while more of `head` is needed to tell; with `isAll` there is none to come.
 *
 * Short repetitions may be meant ("had had"), so only these count: the unfinished last word, of three letters or more,
 * and twelve characters or more from the beginning of a word.
 */
export function overlapOf(said: string, head: string, isAll: boolean): number | undefined {
  const tail = said.slice(-WINDOW)
  for (let from = 0; from < tail.length; from++) {
    const end = tail.slice(from)
    if (!isRepeatable(end, tail[from - 1] ?? (tail.length < said.length ? 'x' : ' '))) continue
    if (head.startsWith(end)) return end.length
    if (!isAll && head.length < end.length && end.startsWith(head)) return undefined
  }
  return 0
}

const SPACE = /\s/
const WORD = /^[\p{L}\p{M}'’-]+$/u
const LETTER = /\p{L}/u

function isRepeatable(end: string, before: string): boolean {
  if (!SPACE.test(before) || SPACE.test(end[0] ?? '')) return false
  return end.length >= LEAST_PHRASE ? LETTER.test(end) : end.length >= LEAST_WORD && WORD.test(end)
}
