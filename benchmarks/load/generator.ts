/** The load generator's process: commands come in and results go out over the channel to its parent. */
import { closedLoop } from './closed-loop.ts'
import { HeldStreams } from './held-streams.ts'
import { openLoop } from './open-loop.ts'
import type { LoadCommand, LoadResult } from './protocol.ts'

const held = new HeldStreams()

process.on('message', (command: LoadCommand) => {
  void perform(command).then(result => process.send?.(result))
})
process.on('disconnect', () => process.exit(0))
// Ctrl-C reaches the whole group; the parent closes the channel when it is done.
process.on('SIGINT', () => undefined)

async function perform(command: LoadCommand): Promise<LoadResult> {
  switch (command.kind) {
    case 'closed':
      return closedLoop(command)
    case 'open':
      return openLoop(command)
    case 'hold':
      return held.hold(command)
    case 'release':
      return held.release()
  }
}
