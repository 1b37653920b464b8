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
}

/** Sends a reply at the pace and with the faults the control asks for. `onCut` is called before a deliberate cut. */
export function deliver(response: ServerResponse, reply: Reply, control: Control, onCut: () => void): void {
  after(control.latencyMs, () => {
    if (response.destroyed) return
    if (control.cutBeforeHead) cut(response, control.cutMode ?? 'close', onCut)
    else sendHead(response, reply, control, onCut)
  })
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
  const finish = () => (isCut ? cut(response, control.cutMode ?? 'close', onCut) : response.end())
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
