import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A TCP relay whose connections break, or freeze, after so many bytes of answers. */
export interface CuttingProxy {
  /** `http://127.0.0.1:…` */
  readonly url: string
  /** Connections that were cut so far. */
  readonly cuts: number
  /** For answers to what is asked from now on, heads included; `undefined` lets everything pass. */
  cutAfter(bytes: number | undefined, how?: 'break' | 'freeze'): void
  close(): Promise<void>
}

export async function startCuttingProxy(targetUrl: string): Promise<CuttingProxy> {
  const sockets = new Set<Socket>()
  let limit: number | undefined
  let freezes = false
  let cuts = 0
  const relay = (client: Socket) => {
    const target = connect(Number(new URL(targetUrl).port), '127.0.0.1')
    let left = Number.POSITIVE_INFINITY
    tie(client, target, sockets)
    tie(target, client, sockets)
    client.on('data', bytes => {
      left = limit ?? Number.POSITIVE_INFINITY
      target.write(bytes)
    })
    target.on('data', (bytes: Buffer) => {
      const passed = bytes.subarray(0, left)
      left -= passed.length
      const isCut = passed.length < bytes.length
      // Nobody reads on and nobody closes: what a phone without a network looks like. At once, for what is read until
      // then makes the buffers between the two grow.
      if (isCut && freezes) target.pause()
      client.write(passed, () => {
        if (!isCut) return
        cuts++
        if (!freezes) client.destroy()
      })
    })
  }
  const server = createServer(relay)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get cuts() {
      return cuts
    },
    cutAfter(bytes, how = 'break') {
      limit = bytes
      freezes = how === 'freeze'
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** What breaks one side breaks the other. */
function tie(socket: Socket, other: Socket, sockets: Set<Socket>): void {
  sockets.add(socket)
  socket.on('error', () => other.destroy())
  socket.on('close', () => {
    sockets.delete(socket)
    other.destroy()
  })
}
