const HEADER_BYTES = 44

/**
 * Raw samples (16 bit, mono, little-endian) as a WAV file (RIFF WAVE, format 1).
 */
export function wavOf(samples: Buffer, sampleRate: number): Buffer {
  return Buffer.concat([wavHeader(samples.length, sampleRate), samples])
}

export function wavHeader(length: number, sampleRate: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.write('RIFF', 0)
  header.writeUInt32LE(HEADER_BYTES - 8 + length, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(sampleRate, 24)
  header.writeUInt32LE(sampleRate * 2, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  header.writeUInt32LE(length, 40)
  return header
}
