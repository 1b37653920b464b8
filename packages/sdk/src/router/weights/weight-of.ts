import type { Candidate } from '../candidate.ts'

/** What a configuration may weigh deployments by. */
export type WeightKey = 'weight' | 'rpm' | 'tpm'

/** The first of `keys` that any candidate states; undefined where none does, and all weigh 1. */
export function weightKeyOf(
  candidates: readonly Candidate[],
  keys: readonly WeightKey[],
): WeightKey | undefined {
  return keys.find(key => candidates.some(({ deployment }) => (deployment[key] ?? 0) > 0))
}

/** What the configuration says; one that states nothing where others do weighs 0. */
export function configuredWeight({ deployment }: Candidate, key: WeightKey | undefined): number {
  return key === undefined ? 1 : (deployment[key] ?? 0)
}

/** What a candidate weighs right now: the weight that was set, else the configured one, times the adaptive factor. */
export function weightOf(candidate: Candidate, key: WeightKey | undefined): number {
  const { set, factor } = candidate.load.weight
  return (set ?? configuredWeight(candidate, key)) * factor
}

/** `compute`, remembered for an array of candidates until a weight changes. The array must not be empty. */
export function whileWeightsHold<T>(
  compute: (candidates: readonly Candidate[]) => T,
): (candidates: readonly Candidate[]) => T {
  const known = new WeakMap<readonly Candidate[], { readonly version: number; readonly value: T }>()
  return candidates => {
    const { version } = (candidates[0] as Candidate).load.weight.board
    const remembered = known.get(candidates)
    if (remembered?.version === version) return remembered.value
    const value = compute(candidates)
    known.set(candidates, { version, value })
    return value
  }
}
