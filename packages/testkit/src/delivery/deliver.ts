import type { ServerResponse } from 'node:http'
import type { Control, CutMode } from './control.ts'
import { piecesToWrite } from './pieces.ts'

/** A reply that is ready to be sent. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** The body: one buffer for a whole reply, one for each event of a stream. */
  readonly frames: readonly Buffer[]
  readonly isStream: boolean
  /** The connection breaks after the last frame: raw bytes have no other way to tell a failure. */
  readonly isBroken?: boolean
  /** The reply as it lies on the wire, composed once: for benchmarks. */
  readonly prepared?: PreparedReply
}

/** A head as name, value, name, value … and the buffers to write, in HTTP chunks already where it is a stream. */
export interface PreparedReply {
  readonly head: string[]
  readonly buffers: readonly Buffer[]
}

/** Puts a reply into the form that is cheapest to send, `eventsPerWrite` events in each write. */
export function prepareReply(reply: Reply, eventsPerWrite: number): PreparedReply {
  const length = reply.frames.reduce((sum, frame) => sum + frame.length, 0)
  const framing = reply.isStream ? ['transfer-encoding', 'chunked'] : ['content-length', String(length)]
  const head = [...Object.entries(reply.headers).flat(), ...framing]
  if (!reply.isStream) return { head, buffers: [Buffer.concat(reply.frames)] }
  const buffers: Buffer[] = []
  for (let at = 0; at < reply.frames.length; at += eventsPerWrite) {
    buffers.push(Buffer.concat(reply.frames.slice(at, at + eventsPerWrite).map(httpChunk)))
  }
  return { head, buffers: [...buffers, Buffer.from('0\r\n\r\n')] }
}

function httpChunk(frame: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${frame.length.toString(16)}\r\n`), frame, Buffer.from('\r\n')])
}

/** Sends a reply at the pace and with the faults the control asks for. `onCut` is called before a deliberate cut. */
export function deliver(response: ServerResponse, reply: Reply, control: Control, onCut: () => void): void {
  after(control.latencyMs, () => {
    if (response.destroyed) return
    if (control.cutBeforeHead) cut(response, control.cutMode ?? 'close', onCut)
    else if (reply.prepared && !isReshaped(control)) sendPrepared(response, reply, reply.prepared, control)
    else sendHead(response, reply, control, onCut)
  })
}

function isReshaped({ chunkBytes, splitAt, cutAfterBytes }: Control): boolean {
  return (chunkBytes ?? splitAt ?? cutAfterBytes) !== undefined
}

function sendPrepared(
  response: ServerResponse,
  reply: Reply,
  prepared: PreparedReply,
  control: Control,
): void {
  response.writeHead(reply.status, prepared.head)
  if (!reply.isStream) {
    after(control.firstTokenMs, () => response.end(prepared.buffers[0]))
    return
  }
  // The buffers are HTTP chunks already; Node must not wrap them again.
  response.chunkedEncoding = false
  if (control.firstTokenMs) response.flushHeaders()
  after(control.firstTokenMs, () =>
    writeAll(response, prepared.buffers, control.tokenIntervalMs, () => response.end()),
  )
}

function sendHead(response: ServerResponse, reply: Reply, control: Control, onCut: () => void): void {
  const { buffers, isCut } = piecesToWrite(reply.frames, control)
  const [only] = reply.frames
  if (!reply.isStream) {
    const length = reply.frames.reduce((sum, frame) => sum + frame.length, 0)
    response.writeHead(reply.status, { ...reply.headers, 'content-length': String(length) })
    if (buffers.length <= 1 && !isCut && !control.firstTokenMs) {
      response.end(only)
      return
    }
  } else {
    response.writeHead(reply.status, reply.headers)
  }
  response.flushHeaders()
  const finish = () => {
    if (isCut) cut(response, control.cutMode ?? 'close', onCut)
    else if (reply.isBroken) cut(response, control.cutMode ?? 'reset', onCut)
    else response.end()
  }
  after(control.firstTokenMs, () => writeAll(response, buffers, control.tokenIntervalMs, finish))
}

/** One write at a time, each in a turn of the event loop of its own. */
function writeAll(
  response: ServerResponse,
  buffers: readonly Buffer[],
  intervalMs: number | undefined,
  finish: () => void,
): void {
  let next = 0
  const step = () => {
    if (response.destroyed) return
    const buffer = buffers[next++]
    if (buffer === undefined) {
      finish()
    } else if (response.write(buffer)) {
      pause(next < buffers.length ? intervalMs : undefined, step)
    } else {
      response.once('drain', () => pause(intervalMs, step))
    }
  }
  step()
}

function cut(response: ServerResponse, mode: CutMode, onCut: () => void): void {
  const { socket } = response
  if (mode === 'hang' || !socket) return
  onCut()
  // Node corks a response's first writes until the next tick, so the cut waits until they are on their way.
  setImmediate(() => {
    if (mode === 'reset') socket.resetAndDestroy()
    else socket.end()
  })
}

function after(milliseconds: number | undefined, then: () => void): void {
  if (milliseconds) setTimeout(then, milliseconds)
  else then()
}

function pause(milliseconds: number | undefined, then: () => void): void {
  if (milliseconds) setTimeout(then, milliseconds)
  else setImmediate(then)
}
