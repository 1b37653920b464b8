import type { Load } from '../load/load.ts'
import { requestBytes } from '../request-bytes.ts'
import type { Scenario } from '../scenarios.ts'
import type { Stack } from '../stacks/stack.ts'

const leastBytes = { whole: 900, stream: 5_000 }

/** Sends one request of a scenario: undefined when the stack answers it fully, else why it cannot be measured. */
export async function probe(scenario: Scenario, stack: Stack, load: Load): Promise<string | undefined> {
  const kind = scenario.stream ? 'stream' : 'whole'
  const target = stack.target(scenario.route, kind)
  if (!target) return 'not supported'
  const { requests, errors, firstError, bodyBytes } = await load.run({
    kind: 'closed',
    port: target.port,
    request: requestBytes(scenario, target),
    connections: 1,
    milliseconds: 1,
  })
  if (errors > 0) return firstError ?? 'failed'
  const bytes = bodyBytes / requests
  return bytes < leastBytes[kind] ? `answered only ${bytes} bytes` : undefined
}
