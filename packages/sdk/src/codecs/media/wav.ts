const HEADER_BYTES = 44
const UNKNOWN_LENGTH = 0xffff_ffff

/**
 * Raw samples (16 bit, mono, little-endian) as a WAV file (RIFF WAVE, format 1).
 */
export function wavOf(samples: Buffer, sampleRate: number): Buffer {
  return Buffer.concat([wavHeader(samples.length, sampleRate), samples])
}

/** The head of a WAV file whose length is not known yet: players read on to the end. */
export function openWavHeader(sampleRate: number): Buffer {
  const header = wavHeader(0, sampleRate)
  header.writeUInt32LE(UNKNOWN_LENGTH, 4)
  header.writeUInt32LE(UNKNOWN_LENGTH, 40)
  return header
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
