import { expect, test } from 'vitest'
import type { RelayTap } from '../../types/stream.ts'
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
    expect(spy.frames.length).toBe(FRAMES.length - 1)
  }
})

test('a read of whole frames is forwarded without a copy', () => {
  const bytes = Buffer.from('data: 1\n\ndata: 2\n\n')
  expect(new SseRelay(new Spy()).push(bytes)).toBe(bytes)
})

test('a tap sees the event and data lines of a frame only, in this order; the client gets every line', () => {
  const spy = new Spy()
  const frames = [': a\ndata: 1', 'id: 7\ndata: 2\nevent: x', 'retry: 5\ndata: 3\ndata: 4', 'event: alone']
  const bytes = Buffer.from(frames.map(frame => `${frame}\n\n`).join(''))
  expect(new SseRelay(spy).push(bytes)).toEqual(bytes)
  expect(spy.frames).toEqual(['data: 1', 'event: x\ndata: 2', 'data: 3\ndata: 4'])
})

test('an end mark that the provider left out is added once', () => {
  const spy = Object.assign(new Spy(), { missing: 'data: end\n\n' })
  expect(new SseRelay(spy).end()?.toString()).toBe('data: end\n\n')
  expect(new SseRelay(new Spy()).end()).toBeUndefined()
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
