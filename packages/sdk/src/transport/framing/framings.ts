import type { Framing, WireEvent } from '../../types/stream.ts'
import { createAwsEventStreamReader } from './aws-event-stream.ts'
import { createNdjsonReader } from './ndjson.ts'
import { createSseReader } from './sse.ts'

/** Un-frames network reads. Throws a `SluiceError` when the bytes are damaged. */
export type FrameReader = (bytes: Buffer) => WireEvent[]

/** Every framing exists once; codecs name theirs and never see bytes. */
export const framings = {
  sse: createSseReader,
  ndjson: createNdjsonReader,
  'aws-event-stream': createAwsEventStreamReader,
  bytes: (): FrameReader => bytes => [{ data: '', bytes }],
} as const satisfies Readonly<Record<Framing, () => FrameReader>>
