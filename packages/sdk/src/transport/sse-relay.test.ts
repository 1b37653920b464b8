import { expect, test } from 'vitest'
import type { RelayTap } from '../types/stream.ts'
import { SseRelay } from './sse-relay.ts'

class Spy implements RelayTap {
  readonly textLength = 0
  readonly frames: string[] = []
  push(frame: string): boolean {
    this.frames.push(frame)
    return !frame.includes('hide')
  }
  end(): void {}
}

const FRAMES = ['data: {"a":"é"}', 'data: hide', ': note', 'event: x\ndata: {"b":1}', 'data: [DONE]']
const BYTES = Buffer.from(FRAMES.map(frame => `${frame}\n\n`).join(''))
const SHOWN = FRAMES.filter(frame => frame !== 'data: hide')
  .map(frame => `${frame}\n\n`)
  .join('')

test('any split forwards the same whole frames', () => {
  for (let at = 0; at <= BYTES.length; at++) {
    const spy = new Spy()
    const relay = new SseRelay(spy)
    const out = [BYTES.subarray(0, at), BYTES.subarray(at)].map(part => relay.push(part) ?? Buffer.alloc(0))
    expect(Buffer.concat(out).toString()).toBe(SHOWN)
    expect(spy.frames.length).toBe(FRAMES.length)
  }
})

test('a read of whole frames is forwarded without a copy', () => {
  const bytes = Buffer.from('data: 1\n\ndata: 2\n\n')
  expect(new SseRelay(new Spy()).push(bytes)).toBe(bytes)
})

test('half a frame is never forwarded', () => {
  const relay = new SseRelay(new Spy())
  expect(relay.push(Buffer.from('data: 1\n\ndata: {"ha'))?.toString()).toBe('data: 1\n\n')
})

test('line ends with carriage returns become plain ones at any split', () => {
  const bytes = Buffer.from('data: 1\r\n\r\ndata: 2\r\rdata: 3\n\n')
  for (let at = 0; at <= bytes.length; at++) {
    const relay = new SseRelay(new Spy())
    const out = [bytes.subarray(0, at), bytes.subarray(at)].map(part => relay.push(part) ?? Buffer.alloc(0))
    expect(Buffer.concat(out).toString()).toBe('data: 1\n\ndata: 2\n\ndata: 3\n\n')
  }
})
