import type { KeyRow } from '../../db/rows.ts'
import type { CallerAccounts } from '../../limits/subjects.ts'

/** An alias that the holder of a key, or whoever runs a team, has made. */
export interface MadeAlias {
  readonly by: 'key' | 'team'
  /** What it was said to mean; a team's own name for a model may stand for another one. */
  readonly said: string
}

export interface CallerAliases {
  /** Name the caller may send → group it means. */
  readonly aliases: ReadonlyMap<string, string>
  /** Of those, the ones that lists above their makers must allow by what they mean. */
  readonly madeAliases: ReadonlyMap<string, MadeAlias>
}

const NO_NAMES: ReadonlyMap<string, string> = new Map()
/** Of nobody, and of those who are asked about models by their own names. */
export const NO_ALIASES: CallerAliases = { aliases: NO_NAMES, madeAliases: new Map() }

/**
 * A team's names hold for all its keys: those of its own models (`ofTeam`), and its aliases. A key's own come first.
 */
export function callerAliases(
  { aliases }: KeyRow,
  { team }: CallerAccounts,
  ofTeam: ReadonlyMap<string, string> = NO_NAMES,
): CallerAliases {
  const made = new Map<string, MadeAlias>()
  const stated = team?.details['model_aliases']
  if (typeof stated === 'object') add(made, stated, 'team')
  add(made, aliases, 'key')
  if (made.size === 0) return ofTeam.size === 0 ? NO_ALIASES : { ...NO_ALIASES, aliases: ofTeam }
  const means = new Map(ofTeam)
  // An alias may mean a model by the team's own name for it.
  for (const [name, { said }] of made) means.set(name, ofTeam.get(said) ?? said)
  return { aliases: means, madeAliases: made }
}

function add(made: Map<string, MadeAlias>, stated: object | null, by: MadeAlias['by']): void {
  for (const [name, said] of Object.entries(stated ?? {}))
    if (typeof said === 'string') made.set(name, { by, said })
}
