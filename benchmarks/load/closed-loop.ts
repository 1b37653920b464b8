import { Connection } from './connection.ts'
import type { LoadCommand, LoadResult } from './protocol.ts'
import { Tally } from './tally.ts'

const errorLimit = 100

/** Each connection sends its next request when the last was answered, until the time is up; then all are awaited. */
export function closedLoop(command: LoadCommand & { kind: 'closed' }): Promise<LoadResult> {
  const { port, request, connections, milliseconds } = command
  const tally = new Tally()
  const until = performance.now() + milliseconds
  let open = 0
  let errors = 0
  return new Promise(resolve => {
    const end = () => {
      if (--open === 0) resolve(tally.result())
    }
    const start = () => {
      open++
      const connection = new Connection(port, error => {
        tally.fail(error.message)
        if (++errors < errorLimit && performance.now() < until) start()
        end()
      })
      const next = () => {
        const sentAt = performance.now()
        if (sentAt >= until) {
          connection.close()
          end()
          return
        }
        connection.send(request, reply => {
          tally.reply(reply, sentAt)
          next()
        })
      }
      next()
    }
    for (let count = 0; count < connections; count++) start()
  })
}
