import type { Candidate } from '../candidate.ts'

/** As many are compared at most: the best of so many is nearly the best of all, and choosing stays cheap. */
export const MOST_COMPARED = 128

/** The candidates, or when they are very many, a part of them from a random place on. */
export function sample(candidates: readonly Candidate[], random: () => number): readonly Candidate[] {
  const { length } = candidates
  if (length <= MOST_COMPARED) return candidates
  const start = Math.min(Math.floor(random() * length), length - 1)
  const end = start + MOST_COMPARED
  const part = candidates.slice(start, end)
  return end <= length ? part : part.concat(candidates.slice(0, end - length))
}
