import { Connection } from './connection.ts'
import type { LoadCommand, LoadResult } from './protocol.ts'
import { Tally } from './tally.ts'

/** Streams that stay open: each has got its first event when `hold` resolves, and none more until `release`. */
export class HeldStreams {
  #connections: Connection[] = []

  hold({ port, request, streams }: LoadCommand & { kind: 'hold' }): Promise<LoadResult> {
    const tally = new Tally()
    return new Promise(resolve => {
      let begun = 0
      const settle = () => {
        if (++begun === streams) resolve(tally.result())
      }
      for (let count = 0; count < streams; count++) {
        const sentAt = performance.now()
        let started = false
        const connection = new Connection(port, error => {
          tally.fail(error.message)
          if (!started) settle()
        })
        this.#connections.push(connection)
        connection.send(
          request,
          // An error reply is complete at once, so its first byte has already been counted.
          reply => tally.reply(reply, sentAt),
          () => {
            started = true
            settle()
          },
        )
      }
    })
  }

  release(): LoadResult {
    for (const connection of this.#connections) connection.close()
    this.#connections = []
    return new Tally().result()
  }
}
