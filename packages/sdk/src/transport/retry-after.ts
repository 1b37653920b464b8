import { isJsonObject } from '../types/json.ts'
import { parseWait } from './parse-wait.ts'

/** The longest wait we believe, milliseconds. */
const LONGEST = 60 * 60 * 1000

type Headers = Readonly<Record<string, string>>

/**
 * How long a provider asked to wait, milliseconds, at most an hour: `retry-after-ms`, `retry-after` as seconds or an
 * HTTP date, or, where it limits rates, the reset of a limit that is used up.
 */
export function retryAfterMs(headers: Headers, now: number, status?: number): number | undefined {
  const exact = Number.parseFloat(headers['retry-after-ms'] ?? '')
  if (Number.isFinite(exact)) return bounded(exact)
  const value = headers['retry-after']
  const wait = value === undefined ? undefined : parseWait(value, now)
  if (wait !== undefined) return bounded(wait)
  return status === 429 ? resetMs(headers, now) : undefined
}

/**
 * The wait a rate limit's error tells in its body only: limit headers of the provider behind a gateway
 * (`error.metadata.headers`), or as a last resort the words "try again in 7.66s". Milliseconds.
 */
export function retryAfterInBody(body: unknown, now: number): number | undefined {
  const error = isJsonObject(body) && isJsonObject(body.error) ? body.error : body
  if (!isJsonObject(error)) return undefined
  const { metadata, message } = error
  const headers = isJsonObject(metadata) && isJsonObject(metadata.headers) ? metadata.headers : {}
  return resetMs(lowerCase(headers), now) ?? (typeof message === 'string' ? waitInWords(message) : undefined)
}

/**
 * The longest of the resets of limits that have nothing left; of those that do not say what is left, too. Names come in
 * both orders: `x-ratelimit-reset-tokens`, `…-ratelimit-tokens-reset`.
 */
function resetMs(headers: Headers, now: number): number | undefined {
  let longest: number | undefined
  for (const name in headers) {
    if (!name.includes('ratelimit') || !name.includes('reset')) continue
    const left = Number.parseFloat(headers[name.replace('reset', 'remaining')] ?? '')
    if (left > 0) continue
    const wait = parseWait(headers[name] as string, now)
    if (wait !== undefined) longest = Math.max(longest ?? 0, bounded(wait))
  }
  return longest
}

/** What stands before the time in the words of those who say it in words only. */
const BEFORE = ['try again in ', 'try again after ', 'retry after ', 'please wait ']

function waitInWords(message: string): number | undefined {
  const text = message.toLowerCase()
  for (const words of BEFORE) {
    const at = text.indexOf(words)
    if (at === -1) continue
    const [amount = '', unit = ''] = text.slice(at + words.length).split(' ')
    const wait = parseWait(withUnit(amount, unit), 0)
    if (wait !== undefined) return bounded(wait)
  }
  return undefined
}

/** "7.66s." ends a sentence; "42 seconds" has its unit apart. */
function withUnit(amount: string, unit: string): string {
  const bare = amount.endsWith('.') || amount.endsWith(',') ? amount.slice(0, -1) : amount
  if (unit.startsWith('minute')) return `${bare}m`
  return unit.startsWith('hour') ? `${bare}h` : bare
}

function lowerCase(headers: Readonly<Record<string, unknown>>): Headers {
  const out: Record<string, string> = {}
  for (const name in headers) out[name.toLowerCase()] = String(headers[name])
  return out
}

function bounded(ms: number): number {
  return Math.min(Math.max(Math.ceil(ms), 0), LONGEST)
}
