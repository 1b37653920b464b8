import type { JsonObject } from '../types/json.ts'

/** How far into a body we look for its model; further in, writing the body anew is as cheap. */
const HEAD_BYTES = 4096

/**
 * The client's JSON bytes with another model, and extra top-level keys, spliced in: no re-serialising.
 * Returns `undefined` when it cannot be proven that exactly the top-level `model` would change (a second `"model"` key,
 * an escaped one, a body that starts otherwise): the caller then writes the parsed body anew.
 */
export function spliceModel(
  bytes: Buffer,
  body: JsonObject,
  model: string,
  extras: JsonObject | undefined,
): Buffer | undefined {
  if (typeof body.model !== 'string' || (extras && Object.keys(extras).some(key => key in body)))
    return undefined
  const at = bytes.indexOf(KEY)
  if (at === -1 || at > HEAD_BYTES) return undefined
  // A duplicate or escaped key could make the provider read another model than the one we authorized.
  if (bytes.indexOf(KEY, at + KEY.length) !== -1 || bytes.indexOf(ESCAPED) !== -1) return undefined
  const head = bytes.toString('latin1', 0, at)
  if (!isTopLevel(head)) return undefined
  const value = JSON.stringify(body.model)
  let start = at + KEY.length
  while (isSpace(bytes[start])) start++
  if (bytes[start] !== COLON) return undefined
  start++
  while (isSpace(bytes[start])) start++
  const end = start + Buffer.byteLength(value)
  if (bytes.toString('utf8', start, end) !== value) return undefined
  let insert = JSON.stringify(model)
  for (const key in extras) insert += `,${JSON.stringify(key)}:${JSON.stringify(extras[key])}`
  const middle = Buffer.from(insert)
  const out = Buffer.allocUnsafe(start + middle.length + bytes.length - end)
  bytes.copy(out, 0, 0, start)
  middle.copy(out, start)
  bytes.copy(out, start + middle.length, end)
  return out
}

const KEY = Buffer.from('"model"')
const ESCAPED = Buffer.from('\\u006')
const COLON = 58

function isSpace(byte: number | undefined): boolean {
  return byte === 32 || byte === 10 || byte === 13 || byte === 9
}

/** True when a key may stand here at depth one of the object that `head` begins. */
function isTopLevel(head: string): boolean {
  let depth = 0
  let inString = false
  for (let at = 0; at < head.length; at++) {
    const char = head[at]
    if (inString) {
      if (char === '\\') at++
      else if (char === '"') inString = false
    } else if (char === '"') inString = true
    else if (char === '{' || char === '[') depth++
    else if (char === '}' || char === ']') depth--
  }
  const before = head.trimEnd().at(-1)
  return !inString && depth === 1 && (before === '{' || before === ',')
}
