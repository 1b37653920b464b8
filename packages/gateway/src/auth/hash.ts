import { hash } from 'node:crypto'

/** SHA-256 of the whole key, lower-case hex: what is stored and what every cache is keyed by. */
export function hashKey(key: string): string {
  return hash('sha256', key, 'hex')
}

/** `sk-...` and the last four characters; of a short key, nothing. */
export function maskKey(key: string): string {
  return key.length < 12 ? 'sk-...' : `sk-...${key.slice(-4)}`
}
