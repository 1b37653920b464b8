import { draw, weightSums } from '../weights/weighted-draw.ts'
import type { CreateStrategy } from './strategy.ts'

const KEYS = ['weight', 'rpm', 'tpm'] as const

/** A weighted draw over all candidates: by `weight`, else `rpm`, else `tpm` where any candidate states it, else evenly. */
export const createSimpleShuffle: CreateStrategy = (_args, { random }) => {
  const sumsOf = weightSums(KEYS)
  return {
    name: 'simple-shuffle',
    weighs: KEYS,
    pick: candidates => draw(candidates, sumsOf(candidates), random),
  }
}
