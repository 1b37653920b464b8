import { readFileSync } from 'node:fs'
import { createSseReader } from '../../../transport/framing/sse.ts'
import type { JsonObject } from '../../../types/json.ts'
import type { WireEvent } from '../../../types/stream.ts'

const folder = new URL('../fixtures/', import.meta.url)

export function readJson(name: string): JsonObject {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
}

/** The events of an SSE fixture. */
export function readEvents(name: string): WireEvent[] {
  return createSseReader()(readFileSync(new URL(name, folder)))
}

/** The frames of an SSE fixture, as a relay sees them. */
export function readFrames(name: string): string[] {
  return readFileSync(new URL(name, folder), 'latin1').split('\n\n').filter(Boolean)
}
