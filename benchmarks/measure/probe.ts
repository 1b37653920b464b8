import type { Load } from '../load/load.ts'
import { requestBytes } from '../request-bytes.ts'
import type { Scenario } from '../scenarios.ts'
import type { Stack } from '../stacks/stack.ts'

const leastBytes = { whole: 500, stream: 5_000 }

/** Sends one request of a scenario: undefined when the stack answers it fully, else why it cannot be measured. */
export async function probe(scenario: Scenario, stack: Stack, load: Load): Promise<string | undefined> {
  const target = stack.target(scenario.route, scenario.reply)
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
  return bytes < (scenario.reply === 'whole' ? leastBytes.whole : leastBytes.stream)
    ? `answered only ${bytes} bytes`
    : undefined
}
