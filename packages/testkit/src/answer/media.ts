import { createHash } from 'node:crypto'
import { crc32, deflateSync } from 'node:zlib'
import { countTokens } from './tokens.ts'

/** A PNG of one pixel, whose colour is derived from the text: equal texts give equal images. */
export function pngOf(text: string): Buffer {
  const [red = 0, green = 0, blue = 0] = createHash('sha256').update(text).digest()
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0])
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(Buffer.from([0, red, green, blue]))),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

/** How each audio format's files begin, https://en.wikipedia.org/wiki/List_of_file_signatures. */
const beginnings: Readonly<Record<string, Buffer>> = {
  mp3: Buffer.from('ID3\x04\x00\x00\x00\x00\x00\x00', 'latin1'),
  opus: Buffer.from('OggS'),
  ogg: Buffer.from('OggS'),
  aac: Buffer.from([0xff, 0xf1]),
  flac: Buffer.from('fLaC'),
  pcm: Buffer.alloc(0),
}

const bytesPerToken = 480

/** Audio of 480 bytes for each word of the text, with its format's beginning; a WAV file can be played (silence). */
export function audioOf(format: string, text: string): Buffer {
  const sound = Buffer.alloc(bytesPerToken * Math.max(1, countTokens(text)))
  if (format === 'wav') return Buffer.concat([wavHeader(sound.length), sound])
  return Buffer.concat([beginnings[format] ?? Buffer.alloc(0), sound])
}

/** 16-bit mono at 24,000 samples a second. */
function wavHeader(length: number): Buffer {
  const header = Buffer.alloc(44)
  header.write('RIFF', 0)
  header.writeUInt32LE(36 + length, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(24_000, 24)
  header.writeUInt32LE(48_000, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  header.writeUInt32LE(length, 40)
  return header
}

/** The beginning of an MP4 file, then the text. */
export function mp4Of(text: string): Buffer {
  return Buffer.concat([
    Buffer.from('\x00\x00\x00\x14ftypisom\x00\x00\x02\x00isom', 'latin1'),
    Buffer.from(text),
  ])
}

/** Cuts bytes into pieces of this size. */
export function bytePieces(bytes: Buffer, size = bytesPerToken): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  )
}
