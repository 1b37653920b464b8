import { crc32 } from 'node:zlib'

// One record is one line: length and CRC-32 of the JSON in eight hex digits each, the JSON, a newline. JSON holds no
// raw newline, so that reading finds its feet again after damage.

const HEADER = 18
const NEWLINE = 0x0a

/** A record's line; `json` must come from `JSON.stringify`. */
export function encodeRecord(json: string): string {
  return `${hex(Buffer.byteLength(json))} ${hex(crc32(json))} ${json}\n`
}

/** The JSON of a line without its newline; undefined when the line is damaged. */
export function decodeRecord(line: Buffer): string | undefined {
  if (line.length < HEADER) return undefined
  const header = line.toString('latin1', 0, HEADER)
  const body = line.subarray(HEADER)
  return header === `${hex(body.length)} ${hex(crc32(body))} ` ? body.toString('utf8') : undefined
}

/** The complete lines of `bytes` with the offset after each; what follows the last newline is left. */
export function* linesOf(bytes: Buffer): Generator<{ readonly line: Buffer; readonly end: number }> {
  let start = 0
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, start)) {
    yield { line: bytes.subarray(start, at), end: at + 1 }
    start = at + 1
  }
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0')
}
