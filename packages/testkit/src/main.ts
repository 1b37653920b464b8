import { parseArgs } from 'node:util'
import { startUpstream } from './upstream.ts'

const usage = 'Usage: node packages/testkit/src/main.ts [--port <number>] [--record <requests to remember>]'

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, record: { type: 'string', default: '0' } },
})
const port = Number(values.port)
const recordLimit = Number(values.record)
if (
  !Number.isInteger(port) ||
  port < 0 ||
  port > 65_535 ||
  !Number.isInteger(recordLimit) ||
  recordLimit < 0
) {
  process.stderr.write(`${usage}\n`)
  process.exit(2)
}

const upstream = await startUpstream({ port, recordLimit })
process.stdout.write(`${upstream.url}\n`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void upstream.close().then(() => process.exit(0)))
}
