import type { SampleRequest, WireName } from './wire.ts'
import { wires } from './wires.ts'

/** A minimal chat request of a wire that asks for a stream, usage included where that must be asked for. */
export function sampleRequest(
  wire: WireName,
  text: string,
  model: string,
  includeUsage = true,
): SampleRequest {
  const sample = wires[wire].sample?.(text, model, includeUsage)
  if (!sample) throw new Error(`The ${wire} wire has no chat.`)
  return sample
}
