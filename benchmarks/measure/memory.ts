import { setTimeout as wait } from 'node:timers/promises'
import type { Load } from '../load/load.ts'
import { requestBytes } from '../request-bytes.ts'
import type { ReplyKind } from '../scenarios.ts'
import type { Stack } from '../stacks/stack.ts'
import { rssMegabytes } from './rss.ts'

const settleMs = 1_000
const warmUpMs = 500

/** Memory of a server that has just started, and what open streams add to it once it is warm. */
export async function measureMemory(
  stack: Stack,
  load: Load,
  streams: number,
): Promise<{ idle: number; heldStreams: number | undefined; problem?: string }> {
  await wait(settleMs)
  const idle = rssMegabytes(stack.pid)
  for (const reply of ['whole', 'stream'] as const) {
    await load.run({ kind: 'closed', ...aim(stack, reply), connections: 16, milliseconds: warmUpMs })
  }
  await wait(settleMs)
  const before = rssMegabytes(stack.pid)
  const { errors, firstError } = await load.run({ kind: 'hold', ...aim(stack, 'held'), streams })
  await wait(settleMs)
  const during = rssMegabytes(stack.pid)
  await load.run({ kind: 'release' })
  await wait(settleMs)
  return errors === 0
    ? { idle, heldStreams: during - before }
    : { idle, heldStreams: undefined, problem: `${errors} of ${streams} held streams failed: ${firstError}` }
}

function aim(stack: Stack, reply: ReplyKind) {
  const target = stack.target('relayed', reply)
  if (!target) throw new Error(`${stack.name} relays nothing`)
  const request = { route: 'relayed', bytes: 1_024, reply } as const
  return { port: target.port, request: requestBytes(request, target) }
}
