import type { Candidate } from '../candidate.ts'

/** The candidate with the lowest score; chance decides among equals. */
export function lowest(
  candidates: readonly Candidate[],
  score: (candidate: Candidate) => number,
  random: () => number,
): Candidate {
  let best = candidates[0] as Candidate
  let bestScore = score(best)
  let equals = 1
  for (let index = 1; index < candidates.length; index++) {
    const candidate = candidates[index] as Candidate
    const its = score(candidate)
    if (its > bestScore) continue
    if (its < bestScore) {
      best = candidate
      bestScore = its
      equals = 1
    } else if (random() * ++equals < 1) best = candidate
  }
  return best
}
