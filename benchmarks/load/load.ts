import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { LoadCommand, LoadResult } from './protocol.ts'

/** The handle on the load generator, which runs in a process of its own. */
export interface Load {
  readonly pid: number
  run(command: LoadCommand): Promise<LoadResult>
  close(): void
}

/** Starts the load generator. A command that is not done 30 seconds after its time rejects. */
export function startLoad(): Load {
  const child = fork(join(import.meta.dirname, 'generator.ts'), { serialization: 'advanced' })
  return {
    pid: child.pid ?? 0,
    run(command) {
      const limit = ('milliseconds' in command ? command.milliseconds : 0) + 30_000
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => end(new Error(`"${command.kind}" load did not end`)), limit)
        const onExit = () => end(new Error('the load generator ended'))
        const end = (outcome: LoadResult | Error) => {
          clearTimeout(timer)
          child.off('exit', onExit)
          child.removeAllListeners('message')
          if (outcome instanceof Error) reject(outcome)
          else resolve(outcome)
        }
        child.once('exit', onExit)
        child.once('message', (result: LoadResult) => end(result))
        child.send(command)
      })
    },
    close: () => {
      if (child.connected) child.disconnect()
    },
  }
}
