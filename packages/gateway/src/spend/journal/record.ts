import { crc32 } from 'node:zlib'

// One record is one line: length and CRC-32 of the JSON in eight hex digits each, the JSON, a newline. JSON holds no
// raw newline, so that reading finds its feet again after damage.

const HEADER = 18
const NEWLINE = 0x0a

/** Bytes of a record's line that are not its JSON. */
export const RECORD_OVERHEAD = HEADER + 1

/** Writes a record's line at `at`; `json` must come from `JSON.stringify` and take `size` bytes. Returns its end. */
export function writeRecord(into: Buffer, at: number, json: string, size: number): number {
  const body = at + HEADER
  into.write(json, body, 'utf8')
  const checksum = crc32(into.subarray(body, body + size))
  into.write(header(size, checksum), at, 'latin1')
  into[body + size] = NEWLINE
  return body + size + 1
}

/** The JSON of a line without its newline; undefined when the line is damaged. */
export function decodeRecord(line: Buffer): string | undefined {
  if (line.length < HEADER) return undefined
  const body = line.subarray(HEADER)
  if (line.toString('latin1', 0, HEADER) !== header(body.length, crc32(body))) return undefined
  return body.toString('utf8')
}

/** The complete lines of `bytes` with the offset after each; what follows the last newline is left. */
export function* linesOf(bytes: Buffer): Generator<{ readonly line: Buffer; readonly end: number }> {
  let start = 0
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, start)) {
    yield { line: bytes.subarray(start, at), end: at + 1 }
    start = at + 1
  }
}

function header(size: number, checksum: number): string {
  return `${hex(size)} ${hex(checksum)} `
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0')
}
