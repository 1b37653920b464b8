import type { Estimate } from './stats.ts'

/** No estimate is thought to be surer than this. */
const LEAST_DEVIATION = 0.003
const REACH = 4
const MOST_STEPS = 1_000

/**
 * For each of some estimates, taken as normal, the chance that it is the greatest: what Thompson sampling would choose
 * it with, without the dice, so that every replica finds the same. They sum to 1.
 */
export function chanceOfBest(estimates: readonly Estimate[]): number[] {
  const all = estimates.map(({ mean, variance }) => {
    return { mean, deviation: Math.max(Math.sqrt(variance), LEAST_DEVIATION) }
  })
  const from = Math.min(...all.map(({ mean, deviation }) => mean - REACH * deviation))
  const to = Math.max(...all.map(({ mean, deviation }) => mean + REACH * deviation))
  const finest = Math.min(...all.map(({ deviation }) => deviation)) / 2
  const steps = Math.min(Math.ceil((to - from) / finest), MOST_STEPS)
  const chances = new Float64Array(all.length)
  for (let step = 0; step <= steps; step++) {
    const x = from + ((to - from) * step) / steps
    const logs = all.map(({ mean, deviation }) => Math.log(Math.max(below((x - mean) / deviation), 1e-300)))
    const together = logs.reduce((sum, log) => sum + log, 0)
    all.forEach(({ mean, deviation }, index) => {
      const z = (x - mean) / deviation
      const density = Math.exp((-z * z) / 2) / deviation
      chances[index] = (chances[index] as number) + density * Math.exp(together - (logs[index] as number))
    })
  }
  const sum = chances.reduce((total, chance) => total + chance, 0)
  return [...chances].map(chance => chance / sum)
}

/** The standard normal distribution function, to seven digits (Abramowitz and Stegun 7.1.26). */
function below(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + 0.327_591_1 * x)
  const tail =
    t *
    (0.254_829_592 + t * (-0.284_496_736 + t * (1.421_413_741 + t * (-1.453_152_027 + t * 1.061_405_429)))) *
    Math.exp(-x * x)
  return z >= 0 ? 1 - tail / 2 : tail / 2
}
