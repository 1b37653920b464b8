import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * A TCP relay that can fall silent, the way a network partition or a frozen host looks from the other side, or slow down.
 */
export interface TcpProxy {
  readonly port: number
  /** From now on nothing passes in either direction, on old connections and new ones, and nothing is closed. */
  fallSilent(): void
  /** From now on everything takes this many milliseconds longer, each way half of it. */
  slowDown(ms: number): void
  /** Breaks what fell silent; new connections pass again. */
  recover(): void
  close(): Promise<void>
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  let silent = false
  let delayMs = 0
  const server = createServer(client => {
    const target = connect(targetPort, '127.0.0.1')
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(from)
      const pass = (bytes: string | Buffer) => void (silent || to.destroyed || to.write(bytes))
      from.on('data', bytes => void (delayMs > 0 ? setTimeout(pass, delayMs / 2, bytes) : pass(bytes)))
      // Whoever breaks one side breaks the other; there is nobody to tell.
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const breakAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    fallSilent() {
      silent = true
    },
    slowDown(ms) {
      delayMs = ms
    },
    recover() {
      silent = false
      delayMs = 0
      breakAll()
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      breakAll()
      await closed
    },
  }
}
