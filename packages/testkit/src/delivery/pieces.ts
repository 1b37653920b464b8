import type { Control } from './control.ts'

export interface Pieces {
  readonly buffers: readonly Buffer[]
  /** Whether the body stops before its end. */
  readonly isCut: boolean
}

/** Cuts a body into the buffers that are written one by one. */
export function piecesToWrite(
  frames: readonly Buffer[],
  control: Pick<Control, 'chunkBytes' | 'splitAt' | 'cutAfterBytes'>,
): Pieces {
  const { chunkBytes, splitAt, cutAfterBytes } = control
  if (chunkBytes === undefined && splitAt === undefined && cutAfterBytes === undefined) {
    return { buffers: frames, isCut: false }
  }
  const total = frames.reduce((sum, frame) => sum + frame.length, 0)
  const isCut = cutAfterBytes !== undefined && cutAfterBytes <= total
  const end = isCut ? cutAfterBytes : total
  const whole = Buffer.concat(frames)
  const ends = splitAt ?? (chunkBytes === undefined ? frameEnds(frames) : everyBytes(chunkBytes, total))
  const buffers: Buffer[] = []
  let from = 0
  for (const to of [...ends.filter(offset => offset < end).sort((a, b) => a - b), end]) {
    if (to > from) buffers.push(whole.subarray(from, to))
    from = Math.max(from, to)
  }
  return { buffers, isCut }
}

function frameEnds(frames: readonly Buffer[]): number[] {
  let at = 0
  return frames.map(frame => {
    at += frame.length
    return at
  })
}

function everyBytes(size: number, total: number): number[] {
  const step = Math.max(1, Math.floor(size))
  return Array.from({ length: Math.floor(total / step) }, (_, index) => (index + 1) * step)
}
