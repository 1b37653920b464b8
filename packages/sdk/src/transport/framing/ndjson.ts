import { StringDecoder } from 'node:string_decoder'
import { createError } from '../../errors.ts'
import type { WireEvent } from '../../types/stream.ts'

const MAX_LINE_LENGTH = 16 * 1024 * 1024

/** Bytes → one event per non-empty line. A last line without its line break is incomplete and discarded. */
export function createNdjsonReader(): (bytes: Buffer) => WireEvent[] {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  return bytes => {
    const lines = (rest + decoder.write(bytes)).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > MAX_LINE_LENGTH)
      throw createError({
        kind: 'bad_gateway',
        message: `The provider sent a line of more than ${MAX_LINE_LENGTH} characters.`,
      })
    return lines.filter(line => line.trim() !== '').map(data => ({ data }))
  }
}
