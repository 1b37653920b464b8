import { join } from 'node:path'
import { freePort, startServerProcess } from './server-process.ts'
import { clientOf, type Stack, upstreamModel } from './stack.ts'

const main = join(import.meta.dirname, '../../packages/testkit/src/main.ts')

/**
 * The fake vendor behind every stack, as a stack of its own: latency straight to it is what 'added' is measured from,
 * and its saturation is the most that any stack can show.
 */
export async function startUpstream(): Promise<Stack & { readonly port: number }> {
  const port = await freePort()
  const server = await startServerProcess({
    name: 'upstream',
    command: process.execPath,
    args: ['--conditions=@sluice/source', main, '--port', String(port)],
    port,
    // It has no health check; its list of models needs a key.
    healthPath: '/v1/models',
    healthHeaders: { authorization: 'Bearer bench' },
  })
  return {
    name: 'direct',
    version: 'testkit',
    does: 'no gateway: straight to the testkit upstream',
    pid: server.pid,
    port,
    readyMs: server.readyMs,
    target: (route, reply) => ({ port, ...clientOf(route, 'sk-bench'), model: upstreamModel(reply) }),
    close: server.close,
  }
}
