import { hash } from 'node:crypto'
import type { AffinityKeys } from './affinity.ts'

/** The key of someone's calls to one group. Sessions are the callers' own words, so only their hash is kept and told. */
export function habitOf(group: string, whose: string | undefined): AffinityKeys | undefined {
  if (!whose) return undefined
  const key = hash('sha256', `${group}\0${whose}`, 'base64url')
  return { lookUp: [{ key, tokens: 0 }], remember: [{ key, told: true }] }
}
