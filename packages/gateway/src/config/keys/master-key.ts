import type { ValueType } from './row.ts'
import { secret } from './types.ts'

const PREFIX = 'sk-'
/** Shorter keys can be guessed. */
const SHORTEST_GOOD_KEY = 16

/** The administrator's key: not empty, and it starts with `sk-`, as clients expect of keys. */
export const masterKey: ValueType<string> = {
  ...secret,
  name: 'a key that starts with sk-',
  read(node, key, report) {
    const value = secret.read(node, key, report)
    if (value === undefined) return undefined
    if (value.startsWith(PREFIX) && value.length > PREFIX.length) {
      const short = value.length < SHORTEST_GOOD_KEY
      if (short)
        report.warn(
          node.place,
          key,
          'is so short that it can be guessed',
          'Use 24 random characters or more.',
        )
      return value
    }
    const remedy = `Put ${PREFIX} in front of it, or leave it out and one is made for you.`
    report.problem(node.place, key, `a master key must start with ${PREFIX}`, remedy)
    return undefined
  },
}
